"""Two partials over `compose`: what codes come out, and what a name is in the supergraph."""

from __future__ import annotations

from graphql import TypeDefinitionNode, build_schema, parse, print_ast

from services.gateway.compose import Composition, Subgraph, compose

FED_2 = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@authenticated" "@composeDirective" "@cost" "@external" "@extends" "@inaccessible" "@interfaceObject"
  "@key" "@listSize" "@override" "@policy" "@provides" "@requires" "@requiresScopes" "@shareable" "@tag"
])
"""


def composed(**sdls: str) -> Composition:
    """Compose subgraphs given by name; an SDL without a schema definition gets everything of Federation 2.9 imported."""
    return compose(
        [Subgraph(name, f"http://{name}", sdl if "schema" in sdl else FED_2 + sdl) for name, sdl in sdls.items()]
    )


def codes(**sdls: str) -> list[str]:
    """The distinct error codes of a composition that must fail."""
    composition = composed(**sdls)
    assert composition.supergraph_sdl is None
    return sorted({error.code for error in composition.errors})


def fed_1(sdl: str) -> str:
    """A Federation 1 subgraph: nothing linked; the comment keeps the harness from importing anything."""
    return f"# a Federation 1 schema\n{sdl}"


def supergraph(**sdls: str) -> str:
    """The supergraph SDL of a composition that must succeed; that it is a valid schema is checked on the way."""
    composition = composed(**sdls)
    assert composition.errors == (), "\n".join(map(str, composition.errors))
    assert composition.supergraph_sdl is not None
    build_schema(composition.supergraph_sdl)
    return composition.supergraph_sdl


def definition(name: str, **sdls: str) -> str:
    """One type of the supergraph, as graphql-core prints it."""
    for node in parse(supergraph(**sdls)).definitions:
        if isinstance(node, TypeDefinitionNode) and node.name.value == name:
            return print_ast(node)
    raise AssertionError(f"no {name} in the supergraph")

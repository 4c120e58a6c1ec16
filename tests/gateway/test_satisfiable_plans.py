"""Composition and planner agree: what composition lets through plans, and what it calls unsatisfiable does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest

from services.gateway.compose import Subgraph, compose
from services.gateway.compose.merge import merge
from services.gateway.compose.print_supergraph import print_supergraph
from services.gateway.compose.read import read_subgraph
from services.gateway.errors import PlanningFailed
from services.gateway.planner.graph import Graph
from services.gateway.planner.plan import plan_operation
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.stages.validate import validate_document
from services.gateway.supergraph import Supergraph, load_supergraph
from tests.gateway.federation import LINK
from tests.gateway.random_federation import Draft

DEPTH = 4


def plan(graph: Graph, text: str) -> None:
    document = parse_document(text, max_tokens=10_000)
    validate_document(graph.supergraph.schema, document)
    selected = select_operation(document, None)
    plan_operation(graph, normalize(graph.supergraph, selected, {}, max_selections=10_000))


def operations(supergraph: Supergraph) -> Iterator[str]:
    """Every chain of fields and type conditions up to a depth, with all leaves of the type at its end."""

    def below(type_name: str, depth: int) -> Iterator[str]:
        info = supergraph.types[type_name]
        leaves = [field.name for field in info.fields.values() if not supergraph.is_composite(field.type.name)]
        yield " ".join(["__typename", *leaves])
        if not depth:
            return
        for field in info.fields.values():
            if supergraph.is_composite(field.type.name):
                for inner in below(field.type.name, depth - 1):
                    yield f"{field.name} {{ {inner} }}"
        if info.is_abstract:
            for member in sorted(supergraph.possible_types(type_name)):
                for inner in below(member, depth - 1):
                    yield f"... on {member} {{ {inner} }}"

    for selection in below("Query", DEPTH):
        yield f"{{ {selection} }}"


def drafted(random: Random) -> dict[str, str]:
    draft = Draft(random)
    return {graph: LINK + draft.sdl(graph) for graph in draft.graphs}


def subgraphs(sdls: dict[str, str]) -> list[Subgraph]:
    return [Subgraph(name, f"http://{name}", sdl) for name, sdl in sdls.items()]


@pytest.mark.parametrize("seed", range(12))
def test_every_operation_of_a_composed_supergraph_plans(seed: int) -> None:
    """INVARIANT: no client meets a field that composition promised and planning cannot reach."""
    composition = compose(subgraphs(drafted(Random(seed))))
    assert composition.supergraph_sdl is not None, composition.errors
    graph = Graph(load_supergraph(composition.supergraph_sdl))
    for operation in operations(graph.supergraph):
        plan(graph, operation)


def broken(random: Random, sdls: dict[str, str]) -> dict[str, str]:
    """The same subgraphs, some of whose keys no longer lead anywhere."""

    def weaken(match: re.Match[str]) -> str:
        return match[0][:-1] + ", resolvable: false)" if random.random() < 0.35 else match[0]

    return {name: re.sub(r'@key\(fields: "\w+"\)', weaken, sdl) for name, sdl in sdls.items()}


@pytest.mark.parametrize("seed", range(30))
def test_what_composition_lets_through_plans_and_what_it_refuses_does_not(seed: int) -> None:
    random = Random(seed)
    published = subgraphs(broken(random, drafted(random)))
    composition = compose(published)
    schemas = {each.name: read_subgraph(each).schema for each in sorted(published, key=lambda each: each.name)}
    complete = {name: schema for name, schema in schemas.items() if schema is not None}
    # What composition would have printed: the planner's word on the same supergraph.
    graph = Graph(load_supergraph(print_supergraph(merge(complete))))
    if composition.supergraph_sdl is not None:
        for operation in operations(graph.supergraph):
            plan(graph, operation)
        return
    assert {error.code for error in composition.errors} == {"SATISFIABILITY_ERROR"}
    for error in composition.errors:
        if "cannot satisfy the @requires" in error.message:
            # Federation asks that a subgraph's requirements can be met from that subgraph; the planner also finds them
            # where it comes from.
            continue
        example = "\n".join(line for line in error.message.split("\n")[1:] if not line.startswith("- "))
        with pytest.raises(PlanningFailed, match="No subgraph path resolves"):
            plan(graph, example)

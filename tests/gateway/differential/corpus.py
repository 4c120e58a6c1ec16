"""Sets of subgraphs to compose: those of the compose tests, random partitions, our own services; and mutations of them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from graphql import (
    REMOVE,
    SKIP,
    DirectiveNode,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    InputValueDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from services.gateway.compose import Composition, Subgraph, compose
from tests.gateway.compose import harness
from tests.gateway.federation import LINK
from tests.gateway.random_federation import Draft

ROOT = Path(__file__).parents[3]

Federation = tuple[Subgraph, ...]

_LATER_VERSION = re.compile(r"federation/v2\.\d\d")


def corpus() -> list[Federation]:
    """Every distinct set of subgraphs there is to start from, in versions of Federation that others know too."""
    found = dict.fromkeys([*_of_the_tests(), *_random(40), _ours()])
    return [
        federation
        for federation in found
        if all(_parses(each.sdl) and not _LATER_VERSION.search(each.sdl) for each in federation)
    ]


def _of_the_tests() -> list[Federation]:
    """What the compose tests compose, recorded while they run."""
    recorded: list[Federation] = []

    def recording(subgraphs: Sequence[Subgraph]) -> Composition:
        recorded.append(tuple(subgraphs))
        return compose(subgraphs)

    with patch.object(harness, "compose", recording):
        pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", str(ROOT / "tests/gateway/compose")])
    return recorded


def _random(count: int) -> Iterator[Federation]:
    for seed in range(count):
        draft = Draft(Random(seed))
        yield tuple(Subgraph(graph, f"http://{graph}", LINK + draft.sdl(graph)) for graph in draft.graphs)


def _ours() -> Federation:
    files = sorted((ROOT / "schema/subgraphs").glob("*.graphql"))
    return tuple(Subgraph(file.stem, f"http://{file.stem}", file.read_text(encoding="utf-8")) for file in files)


def _parses(sdl: str) -> bool:
    try:
        parse(sdl)
    except (GraphQLSyntaxError, RecursionError):
        return False
    return True


def mutated(random: Random, federation: Federation) -> Federation:
    """The federation with one or two edits, each in some subgraph, each leaving SDL that parses."""
    documents = {each.name: parse(each.sdl, no_location=True) for each in federation}
    for _ in range(random.randint(1, 2)):
        name = random.choice(list(documents))
        documents[name] = random.choice(_EDITS)(random, documents[name], list(documents.values()))
    return tuple(
        Subgraph(each.name, each.url, print_ast(documents[each.name]))
        for each in federation
        if documents[each.name].definitions
    )


def _nodes(document: DocumentNode, *kinds: type[Node]) -> list[Any]:
    """Every node of these kinds, those of the links left alone."""
    found: list[Any] = []

    class Collect(Visitor):
        def enter(self, node: Node, *_args: object) -> object:
            if isinstance(node, SchemaExtensionNode):
                return SKIP
            if isinstance(node, kinds):
                found.append(node)
            return None

    visit(document, Collect())
    return found


def _replaced(document: DocumentNode, target: Node, replacement: object) -> DocumentNode:
    """The document with one node replaced, or removed when the replacement is REMOVE."""

    class Replace(Visitor):
        def enter(self, node: Node, *_args: object) -> object:
            return replacement if node is target else None

    result: DocumentNode = visit(document, Replace())
    return result


def _pick(random: Random, document: DocumentNode, *kinds: type[Node]) -> Any:
    found = _nodes(document, *kinds)
    return random.choice(found) if found else None


def _drop(random: Random, document: DocumentNode, _all: Sequence[DocumentNode]) -> DocumentNode:
    kinds = (FieldDefinitionNode, InputValueDefinitionNode, EnumValueDefinitionNode, DirectiveNode, TypeDefinitionNode)
    node = _pick(random, document, *kinds)
    alone = [
        each
        for each in _nodes(document, TypeDefinitionNode)
        if node in (getattr(each, "fields", None) or getattr(each, "values", None) or ()) and _size(each) == 1
    ]
    return document if node is None or alone else _replaced(document, node, REMOVE)


def _size(node: Any) -> int:
    return len(getattr(node, "fields", None) or getattr(node, "values", None) or ())


_FIELD_DIRECTIVES = (
    "@shareable",
    "@external",
    "@inaccessible",
    '@tag(name: "x")',
    "@authenticated",
    '@requiresScopes(scopes: [["a"]])',
    '@requiresScopes(scopes: [["a", "b"], ["c"]])',
    '@policy(policies: [["p"]])',
    '@override(from: "a")',
    '@override(from: "b")',
    '@override(from: "a", label: "percent(5)")',
    '@requires(fields: "id")',
    '@requires(fields: "size")',
    '@provides(fields: "id")',
    '@provides(fields: "size")',
    "@cost(weight: 3)",
    "@listSize(assumedSize: 5)",
    '@listSize(slicingArguments: ["first"])',
    "@deprecated",
)
_TYPE_DIRECTIVES = (
    "@shareable",
    "@external",
    "@inaccessible",
    '@tag(name: "x")',
    "@authenticated",
    '@key(fields: "id")',
    '@key(fields: "id", resolvable: false)',
    '@key(fields: "size")',
    "@interfaceObject",
    "@extends",
    "@cost(weight: 3)",
)


def _add_directive(random: Random, document: DocumentNode, _all: Sequence[DocumentNode]) -> DocumentNode:
    node = _pick(random, document, FieldDefinitionNode, ObjectTypeDefinitionNode)
    if node is None:
        return document
    text = random.choice(_FIELD_DIRECTIVES if isinstance(node, FieldDefinitionNode) else _TYPE_DIRECTIVES)
    applied = _nodes(parse(f"type T {text} {{ a: Int }}", no_location=True), DirectiveNode)
    return _replaced(document, node, replace(node, directives=(*(node.directives or ()), *applied)))


def _change_type(random: Random, document: DocumentNode, _all: Sequence[DocumentNode]) -> DocumentNode:
    node = _pick(random, document, FieldDefinitionNode, InputValueDefinitionNode)
    if node is None:
        return document
    ref: TypeNode
    match random.randrange(3):
        case 0:
            ref = node.type.type if isinstance(node.type, NonNullTypeNode) else NonNullTypeNode(type=node.type)
        case 1:
            ref = node.type.type if isinstance(node.type, ListTypeNode) else ListTypeNode(type=node.type)
        case _:
            ref = _pick(random, document, NamedTypeNode)
    return _replaced(document, node, replace(node, type=ref))


def _copy_field(random: Random, document: DocumentNode, everywhere: Sequence[DocumentNode]) -> DocumentNode:
    """A type gets a field that a type of this name has elsewhere, with all its directives."""
    target = _pick(random, document, ObjectTypeDefinitionNode)
    if target is None:
        return document
    known = {each.name.value for each in target.fields or ()}
    fields = [
        field
        for other in everywhere
        for node in _nodes(other, ObjectTypeDefinitionNode)
        for field in node.fields or ()
        if node.name.value == target.name.value and field.name.value not in known
    ]
    if not fields:
        return document
    return _replaced(document, target, replace(target, fields=(*(target.fields or ()), random.choice(fields))))


def _rename(random: Random, document: DocumentNode, everywhere: Sequence[DocumentNode]) -> DocumentNode:
    node = _pick(random, document, FieldDefinitionNode)
    other = _pick(random, random.choice(everywhere), FieldDefinitionNode)
    return document if node is None or other is None else _replaced(document, node, replace(node, name=other.name))


_EDITS: tuple[Callable[[Random, DocumentNode, Sequence[DocumentNode]], DocumentNode], ...] = (
    _drop,
    _drop,
    _add_directive,
    _add_directive,
    _change_type,
    _copy_field,
    _rename,
)

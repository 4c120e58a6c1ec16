"""Adds the gateway's own `node(id:)`, `nodes(ids:)` and `nodeId` to a supergraph.

They are written as one more subgraph, NODE_GRAPH, which is answered in this process (`executor/node_fetch.py`), so the
planner treats them as it treats everything. Relay's Global Object Identification under the field name `nodeId`:
entities keep the `id` they have.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graphql import DocumentNode, parse, value_from_ast_untyped
from graphql.language import (
    ConstDirectiveNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    TypeNode,
)

log = logging.getLogger(__name__)

NODE_GRAPH = "HUYING__NODE"
NODE_SERVICE = "huying:node"
INTERFACE = "Node"
ID_FIELD = "nodeId"
CONFIRMED = "_hy_confirmed"
"""The `__typename` an entity's home subgraph gives it: without it the gateway does not believe that it exists."""
MAX_NODES = 100

_BUILTIN = frozenset({"Int", "Float", "String", "Boolean", "ID"})
_QUERY_FIELDS = f'''
  """The object with this global id; null when there is none, or none you may see."""
  node(id: ID!): {INTERFACE} @join__field(graph: {NODE_GRAPH})
  """The objects with these global ids, in their order, at most {MAX_NODES}; null where there is none."""
  nodes(ids: [ID!]!): [{INTERFACE}]! @join__field(graph: {NODE_GRAPH}) @listSize(slicingArguments: ["ids"])
'''
_INTERFACE = f'''
"""An object with a global id."""
interface {INTERFACE} @join__type(graph: {NODE_GRAPH}) {{
  """Finds this object again with `node`; opaque."""
  {ID_FIELD}: ID!
}}
'''


@dataclass(frozen=True)
class _Identity:
    """How an entity is found: the subgraph that says whether it exists, and the key it is asked by."""

    home: str
    key: str


def with_node_fields(document: DocumentNode) -> DocumentNode:
    """The supergraph with the gateway's node fields; as it is when it has something of their names itself."""
    types = {item.name.value: item for item in document.definitions if isinstance(item, TypeDefinitionNode)}
    root = types.get(_query_name(document))
    identities = dict(_identities(types))
    if not isinstance(root, ObjectTypeDefinitionNode) or not identities:
        return document
    taken = [INTERFACE] if INTERFACE in types else []
    taken += [f"{root.name.value}.{name}" for name in ("node", "nodes") if _field(root, name)]
    taken += [f"{name}.{ID_FIELD}" for name in identities if _field(types[name], ID_FIELD)]
    if taken:
        log.warning("the supergraph has its own node fields", extra={"fields": taken})
        return document
    extended: dict[str, TypeDefinitionNode] = {root.name.value: _root(root)}
    for name, identity in identities.items():
        entity = types[name]
        assert isinstance(entity, ObjectTypeDefinitionNode)
        extended[name] = _entity(entity, identity)
    extended["join__Graph"] = _graphs(types["join__Graph"])
    definitions = [
        extended.get(item.name.value, item) if isinstance(item, TypeDefinitionNode) else item
        for item in document.definitions
    ]
    return DocumentNode(definitions=(*definitions, _parsed(_INTERFACE)))


def _query_name(document: DocumentNode) -> str:
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode):
            for item in definition.operation_types:
                if item.operation.value == "query":
                    return item.type.name.value
    return "Query"


# Reading -------------------------------------------------------------------------------------------


def _identities(types: dict[str, TypeDefinitionNode]) -> Iterator[tuple[str, _Identity]]:
    """Visible object types with a key of plain visible fields. Their home is the subgraph that resolves most of them."""
    for name, node in types.items():
        if not isinstance(node, ObjectTypeDefinitionNode) or _has(node, "inaccessible"):
            continue
        candidates = [
            (str(join["graph"]), str(join["key"]))
            for join in _named(node, "join__type")
            if join.get("key") and join.get("resolvable") is not False and not join.get("isInterfaceObject")
        ]
        plain = [(graph, key) for graph, key in candidates if _is_plain(node, key, types)]
        if plain:
            # Ties go to the subgraph and key named first; `max` keeps the first of equals.
            graph, key = max(plain, key=lambda found: (_resolved(node, found[0]), -len(found[1].split())))
            yield name, _Identity(graph, key)


def _is_plain(node: ObjectTypeDefinitionNode, key: str, types: dict[str, TypeDefinitionNode]) -> bool:
    for name in key.split():
        item = _field(node, name)
        if item is None or _has(item, "inaccessible"):
            return False
        kind = item.type.type if isinstance(item.type, NonNullTypeNode) else item.type
        if isinstance(kind, ListTypeNode) or not _is_leaf(kind, types):
            return False
    return True


def _is_leaf(node: TypeNode, types: dict[str, TypeDefinitionNode]) -> bool:
    assert isinstance(node, NamedTypeNode)
    name = node.name.value
    return name in _BUILTIN or isinstance(types.get(name), ScalarTypeDefinitionNode | EnumTypeDefinitionNode)


def _resolved(node: ObjectTypeDefinitionNode, graph: str) -> int:
    """How many fields of the type this subgraph resolves."""
    count = 0
    for item in node.fields or ():
        joins = list(_named(item, "join__field"))
        count += not joins or any(join.get("graph") == graph and not join.get("external") for join in joins)
    return count


def _field(node: TypeDefinitionNode, name: str) -> FieldDefinitionNode | None:
    fields: Sequence[FieldDefinitionNode] = getattr(node, "fields", None) or ()
    return next((item for item in fields if item.name.value == name), None)


def _named(node: Any, name: str) -> Iterator[dict[str, Any]]:
    for directive in node.directives or ():
        if directive.name.value == name:
            yield {item.name.value: value_from_ast_untyped(item.value) for item in directive.arguments or ()}


def _has(node: Any, name: str) -> bool:
    return any(True for _ in _named(node, name))


# Writing -------------------------------------------------------------------------------------------


def _root(node: ObjectTypeDefinitionNode) -> TypeDefinitionNode:
    own = _parsed(f"type T @join__type(graph: {NODE_GRAPH}) {{ {_QUERY_FIELDS} }}")
    return replace(
        node,
        directives=(*(node.directives or ()), *own.directives),
        fields=(*_pinned(node, frozenset()), *own.fields),
    )


def _entity(node: ObjectTypeDefinitionNode, identity: _Identity) -> TypeDefinitionNode:
    own = _parsed(
        f"""type T implements {INTERFACE}
          @join__type(graph: {NODE_GRAPH}, key: "{identity.key}")
          @join__implements(graph: {NODE_GRAPH}, interface: "{INTERFACE}") {{
            \"\"\"Finds this object again with `node`; opaque.\"\"\"
            {ID_FIELD}: ID! @join__field(graph: {NODE_GRAPH})
            {CONFIRMED}: String! @join__field(graph: {identity.home}) @inaccessible
          }}"""
    )
    implements: Iterable[ConstDirectiveNode] = ()
    if node.interfaces and not _has(node, "join__implements"):
        # Unsaid it means every subgraph; with ours said, theirs must be too.
        implements = _directives(
            f'@join__implements(graph: {graph}, interface: "{item.name.value}")'
            for graph in _graphs_of(node)
            for item in node.interfaces
        )
    return replace(
        node,
        interfaces=(*(node.interfaces or ()), *own.interfaces),
        directives=(*(node.directives or ()), *implements, *own.directives),
        fields=(*_pinned(node, frozenset(identity.key.split())), *own.fields),
    )


def _pinned(node: ObjectTypeDefinitionNode, key: frozenset[str]) -> Iterator[FieldDefinitionNode]:
    """The fields with their subgraphs said: unsaid it means every subgraph of the type, and ours is one now."""
    owner = [str(join["graph"]) for join in _named(node, "join__owner")]
    for item in node.fields or ():
        graphs = [] if _has(item, "join__field") else owner or _graphs_of(node)
        if item.name.value in key:
            graphs = [*graphs, NODE_GRAPH]
        added = _directives(f"@join__field(graph: {graph})" for graph in graphs)
        yield replace(item, directives=(*(item.directives or ()), *added))


def _graphs_of(node: ObjectTypeDefinitionNode) -> list[str]:
    return list(dict.fromkeys(str(join["graph"]) for join in _named(node, "join__type")))


def _graphs(node: TypeDefinitionNode) -> TypeDefinitionNode:
    assert isinstance(node, EnumTypeDefinitionNode)
    own = _parsed(f'enum E {{ {NODE_GRAPH} @join__graph(name: "{NODE_SERVICE}", url: "") }}')
    return replace(node, values=(*(node.values or ()), *own.values))


def _parsed(text: str) -> Any:
    return parse(text, no_location=True).definitions[0]


def _directives(texts: Iterable[str]) -> tuple[ConstDirectiveNode, ...]:
    joined = " ".join(texts)
    found: tuple[ConstDirectiveNode, ...] = _parsed(f"scalar S {joined}").directives if joined else ()
    return found

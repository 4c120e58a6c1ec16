"""Answers the gateway's own node fields, in this process: ids to keys on the way in, keys to ids on the way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import parse, value_from_ast_untyped
from graphql.language import (
    FieldNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from services.gateway.executor.paths import locate
from services.gateway.node_fields import CONFIRMED, ID_FIELD, MAX_NODES, NODE_GRAPH
from services.gateway.node_ids import KeyValue, decode_id, encode_id
from services.gateway.planner.query_plan import Fetch
from services.gateway.supergraph import Supergraph

Data = dict[str, Any]

_TEXT_TYPES = frozenset({"ID", "String"})


class NodeSubgraph:
    """Stands for NODE_GRAPH in one fetch. What `node` finds is believed only once its home subgraph has confirmed it."""

    def __init__(self, supergraph: Supergraph, fetch: Fetch) -> None:
        self._supergraph = supergraph
        self._path = fetch.path
        operation = parse(fetch.operation, no_location=True).definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        self._roots = [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
        self._defaults = {
            item.variable.name.value: value_from_ast_untyped(item.default_value)
            for item in operation.variable_definitions or ()
            if item.default_value is not None
        }

    def answer(self, variables: Data) -> Data:
        """The GraphQL response a subgraph with these fields would send."""
        given = {**self._defaults, **variables}
        data: Data = {}
        errors: list[Data] = []
        for node in self._roots:
            key = _key(node)
            arguments = {item.name.value: value_from_ast_untyped(item.value, given) for item in node.arguments or ()}
            assert node.selection_set is not None
            if node.name.value == "_entities":
                data[key] = [self._entity(item, node.selection_set) for item in arguments["representations"]]
            elif node.name.value == "node":
                data[key] = self._node(arguments["id"], node.selection_set)
            else:
                ids = arguments["ids"] if isinstance(arguments["ids"], list) else [arguments["ids"]]
                if len(ids) > MAX_NODES:
                    message = f"At most {MAX_NODES} ids, not {len(ids)}."
                    errors.append({"message": message, "path": [key], "extensions": {"code": "BAD_USER_INPUT"}})
                    data[key] = None
                else:
                    data[key] = [self._node(item, node.selection_set) for item in ids]
        return {"data": data, "errors": errors} if errors else {"data": data}

    def confirm(self, data: Data) -> None:
        """Take out what no subgraph confirmed: what is not there, and what is there as another type."""
        for _, parent in locate(self._supergraph, data, self._path):
            for node in self._roots:
                value = parent.get(_key(node))
                if isinstance(value, list):
                    parent[_key(node)] = [item if _is_confirmed(item) else None for item in value]
                elif value is not None and not _is_confirmed(value):
                    parent[_key(node)] = None

    def _node(self, text: Any, selection_set: SelectionSetNode) -> Data | None:
        decoded = decode_id(str(text))
        if decoded is None:
            return None
        typename, values = decoded
        fields = self._key(typename)
        if len(values) != len(fields):
            return None
        key = dict(zip(fields, values, strict=True))
        if not all(self._fits(typename, name, value) for name, value in key.items()):
            return None
        return self._select(selection_set, typename, key)

    def _entity(self, representation: Mapping[str, Any], selection_set: SelectionSetNode) -> Data:
        return self._select(selection_set, representation["__typename"], representation)

    def _key(self, typename: str) -> list[str]:
        info = self._supergraph.types.get(typename)
        join = info.joins.get(NODE_GRAPH) if info else None
        return join.keys[0].fields.split() if join and join.keys else []

    def _fits(self, typename: str, name: str, value: KeyValue) -> bool:
        """Whether a value can be one of this field: subgraphs receive nothing that a schema forbids."""
        ref = self._supergraph.types[typename].fields[name].type
        if ref.name in _TEXT_TYPES or self._supergraph.types[ref.name].kind == "enum":
            return isinstance(value, str)
        return type(value) is int if ref.name == "Int" else True

    def _select(self, selection_set: SelectionSetNode, typename: str, values: Mapping[str, Any]) -> Data:
        found: Data = {}
        for node in selection_set.selections:
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition.name.value if node.type_condition else typename
                if typename in self._supergraph.possible_types(condition):
                    found.update(self._select(node.selection_set, typename, values))
            elif isinstance(node, FieldNode):
                found[_key(node)] = self._value(node.name.value, typename, values)
        return found

    def _value(self, name: str, typename: str, values: Mapping[str, Any]) -> Any:
        if name == "__typename":
            return typename
        if name != ID_FIELD:
            return values[name]
        types = self._supergraph.types[typename].fields
        # Some subgraphs write an ID as a number.
        return encode_id(
            typename,
            [str(values[key]) if types[key].type.name == "ID" else values[key] for key in self._key(typename)],
        )


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _is_confirmed(value: Data | None) -> bool:
    return value is not None and value.get(CONFIRMED) == value.get("__typename")

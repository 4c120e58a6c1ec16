"""Byte pass-through: when a subgraph's `data` already is the client's, it is passed on without being decoded."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import orjson
from graphql.language import FragmentDefinitionNode, SelectionSetNode

from services.gateway.executor.project import collect_fields
from services.gateway.planner.fetch_steps import StepSelections
from services.gateway.planner.field_set import ConditionValues
from services.gateway.planner.query_plan import QueryPlan
from services.gateway.supergraph import Supergraph, TypeRef


class _Envelope(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: msgspec.Raw = msgspec.Raw(b"null")


_decoder = msgspec.json.Decoder(_Envelope)


def read_raw(body: bytes) -> orjson.Fragment | None:
    """The `data` of a subgraph's answer as bytes; None when the answer has to be looked at.

    That is when there are errors or no data, when it is not JSON, and when it has line breaks, which would break the
    lines of an event stream.
    """
    try:
        envelope = _decoder.decode(body)
        body.decode()  # what is passed over is not checked to be UTF-8
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    data = bytes(envelope.data)
    if bytes(envelope.errors) != b"null" or not data.startswith(b"{") or b"\n" in data or b"\r" in data:
        return None
    return orjson.Fragment(data)


def is_exact(
    supergraph: Supergraph,
    plan: QueryPlan,
    root: str,
    selection_set: SelectionSetNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    conditions: ConditionValues,
) -> bool:
    """Whether the one fetch of a plan answers with just the client's fields, in its order and with its types.

    What the subgraph's types promise is relied on, as for every other answer of a GraphQL server; abstract types are
    not, since their values have to be checked against the types a client may see.
    """
    fetches = list(plan.fetches)
    if len(fetches) != 1 or plan.kind == "subscription":
        return False
    fetch = fetches[0]
    if fetch.lookups or fetch.path or fetch.renames or fetch.selections is None:
        return False

    def same(type_name: str, sets: list[SelectionSetNode], step: StepSelections) -> bool:
        info = supergraph.types[type_name]
        if info.kind != "object" or step.fragments:
            return False
        if "__typename" in step.fields and type_name in supergraph.roots.values():
            return False  # a root type may have another name in its subgraph
        collected = collect_fields(supergraph, type_name, sets, fragments, conditions)
        if list(collected) != list(step.fields):
            return False
        for key, item in collected.items():
            name, found = item.node.name.value, step.fields[key]
            if name != found.name or found.key != key:
                return False
            if name == "__typename":
                continue
            field = info.fields[name]
            join = field.joins.get(fetch.graph)
            if join is None or not _promises(join.type, field.type):
                return False
            if found.selections is not None:
                if not same(field.type.name, item.sets, found.selections):
                    return False
            elif supergraph.types[field.type.name].hides_values:
                return False
        return True

    return same(root, [selection_set], fetch.selections)


def _promises(subgraph: TypeRef, client: TypeRef) -> bool:
    """Whether every value of the subgraph's type is one of the client's."""
    if client.non_null and not subgraph.non_null:
        return False
    if client.item is None or subgraph.item is None:
        return client.item is subgraph.item and client.name == subgraph.name
    return _promises(subgraph.item, client.item)

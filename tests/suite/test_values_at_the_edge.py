"""Every query and command of the graph is asked with values at the edge of their types: whatever comes back, it is no internal error."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    build_schema,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from dev.schema import SCHEMA
from tests.refusals import said
from tests.suite.client import Client

GRAPH = build_schema((SCHEMA / "api.graphql").read_text("utf-8"))
SMALL: Mapping[str, Any] = {
    "String": " ",
    "ID": "",
    "Int": -(2**31),
    "Float": -1e308,
    "Fen": -(10**18),
    "Boolean": False,
    "JSON": [],
    "DateTime": "0001-01-01T00:00:00Z",
    "Date": "0001-01-01",
    "Time": "00:00:00",
}
LARGE: Mapping[str, Any] = {
    "String": "\x00" + "字" * 3_000,
    "ID": "x" * 500 + "\x00",
    "Int": 2**31 - 1,
    "Float": 1e308,
    "Fen": 10**18,
    "Boolean": True,
    "JSON": {"a": [None]},
    "DateTime": "9999-12-31T23:59:59.999Z",
    "Date": "9999-12-31",
    "Time": "23:59:59.999999",
}
PLAIN: Mapping[str, Any] = {
    "String": "x",
    "ID": "d01-s01-c01",
    "Int": 1,
    "Float": 1.5,
    "Fen": 1,
    "Boolean": True,
    "JSON": "x",
    "DateTime": "2026-11-22T10:00:00",
    "Date": "2099-01-01",
    "Time": "08:00:00",
}

_ERRORS = ("errors", "badRows", "problems")


def value(kind: Any, of: Mapping[str, Any], depth: int = 0) -> Any:
    """Something of a type; what is optional is left out deep inside, where types contain themselves."""
    if is_non_null_type(kind):
        return value(kind.of_type, of, depth)
    if is_list_type(kind):
        return [value(kind.of_type, of, depth)]
    if is_enum_type(kind):
        return sorted(kind.values)[-1 if of is LARGE else 0]
    if is_input_object_type(kind):
        wanted = {name: one.type for name, one in kind.fields.items() if depth < 3 or is_non_null_type(one.type)}
        return {name: value(type_, of, depth + 1) for name, type_ in wanted.items()}
    return of[kind.name]


def selection(field: GraphQLField, depth: int = 1) -> str:
    """The plain fields of what a field gives, and of the objects in it."""
    kind: Any = get_named_type(field.type)
    if is_leaf_type(kind):
        return ""
    fields = getattr(kind, "fields", {})
    plain = [name for name, one in fields.items() if is_leaf_type(get_named_type(one.type)) and not one.args]
    if depth:
        objects = {
            name: one for name, one in fields.items() if is_object_type(get_named_type(one.type)) and not one.args
        }
        plain += [f"{name} {selection(one, depth - 1)}" for name, one in objects.items() if name not in _ERRORS]
    refusals = ["errors { code reason message path }"] if "errors" in fields else []
    return "{ " + " ".join(["__typename", *plain, *refusals]) + " }"


async def codes(client: Client, kind: str, name: str, field: GraphQLField, of: Mapping[str, Any]) -> list[str]:
    """What was wrong with a field's arguments: codes of errors and of refusals."""
    given = {argument: value(one.type, of) for argument, one in field.args.items()}
    head = ", ".join(f"${argument}: {one.type}" for argument, one in field.args.items())
    use = ", ".join(f"{argument}: ${argument}" for argument in field.args)
    text = f"{kind}{f'({head})' if head else ''} {{ {name}{f'({use})' if use else ''} {selection(field)} }}"
    answer = await client.send(text, given)
    payload = (answer.get("data") or {}).get(name)
    refused = payload.get("errors", []) if isinstance(payload, dict) else []
    top = [said(error["extensions"]) for error in answer.get("errors", [])]
    return [f"{name}: {code}" for code in (*top, *(said(error) for error in refused))]


@pytest.mark.parametrize("of", [SMALL, LARGE, PLAIN], ids=["small", "large", "plain"])
@pytest.mark.parametrize("kind", ["query", "mutation"])
async def test_no_value_makes_an_internal_error(centre: Client, kind: str, of: Mapping[str, Any]) -> None:
    root: Any = GRAPH.query_type if kind == "query" else GRAPH.mutation_type
    a_few = asyncio.Semaphore(8)

    async def ask(name: str, field: GraphQLField) -> list[str]:
        async with a_few:
            return await codes(centre, kind, name, field, of)

    answers = await asyncio.gather(*(ask(name, field) for name, field in root.fields.items()))

    found = [code for answer in answers for code in answer]
    assert [code for code in found if code.endswith(("INTERNAL", "UNAVAILABLE", "REQUEST_FAILED"))] == []
    assert found, "nothing was wrong with any of them"

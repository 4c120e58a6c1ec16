"""Every command is given one hostile value at a time, in an input that is otherwise good: it succeeds, or is refused in words of
ours and changes nothing."""

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLInputType, get_named_type, get_nullable_type, is_list_type

from services.chassis.graphql.endpoint import GraphQLEndpoint
from services.chassis.identity import Caller, Verifier
from services.chassis.ids import new_id
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from tests.routing import whole_schema
from tests.routing.district import SECTION, UNIT_OF
from tests.routing.roster_world import RosterWorld, person
from tests.routing.sealed_world import Sealed
from tests.routing.world import DESK_OFFICER, SECTION_HEAD, World

Path = tuple[str | int, ...]

_LONG = "字" * 50_000
HOSTILE: dict[str, list[Any]] = {
    "String": ["", " \t\u3000", _LONG, "a\x00b", "\x1b[2J\x85\u2028\u202e\ufeff\ufffe", "{0} %s ${x} a.b"],
    "ID": ["", "\x00", _LONG, "order_00000000000000000000000000", "$ne"],
    "Int": [0, -1, 2**31 - 1, -(2**31), 2**31],
    "Float": [0.0, -1.0, 1e308, -1e308, 2**63],
    "JSON": [{}, [], 2**70, {"": {"$where": "1", "a.b": 1, "\x00": None}}, {"type": "Point", "coordinates": [[2**70]]}],
    "DateTime": [
        "0001-01-01T00:00:00+14:00",
        "1970-01-01T00:00:00Z",
        "2026-11-24T10:00:00",
        "2150-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999-14:00",
    ],
    "Date": ["0001-01-01", "1970-01-01", "2150-01-01", "9999-12-31"],
    "Time": ["00:00:00", "23:59:59.999999", "08:00:00+14:00"],
}
# May do what any role may, and holds no post.
WITHOUT_POST = Caller(
    person="person_h",
    roles=frozenset({"centre", "handler", "attendant", "responder", "operator", "mediator", "resident"}),
)
CALLERS = {
    "centre": DESK_OFFICER,
    "handler": SECTION_HEAD,
    "responder": person("officer_1"),
    "without a post": WITHOUT_POST,
}
# What the ids begin with that a field of a command may hold.
_KINDS = {
    "workOrderId": "order",
    "subjectId": "order",
    "sourceId": "order",
    "callId": "call",
    "escalationId": "escalation",
    "summonsId": "summons",
    "deploymentId": "deployment",
    "custodyId": "custody",
    "rulingId": "ruling",
    "stepId": "department_step",
    "supervisionId": "supervision",
    "noticeId": "notice",
    "seriesId": "series",
    "assetId": "asset",
}


def leaves(kind: GraphQLInputType, value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Where an input holds a value of its own, lists too, with its type."""
    inner: Any = get_nullable_type(kind)
    if is_list_type(inner):
        yield at, inner
        for index, one in enumerate(value):
            yield from leaves(inner.of_type, one, (*at, index))
    elif isinstance(inner, GraphQLInputObjectType):
        for name, field in inner.fields.items():
            yield from leaves(field.type, value[name], (*at, name))
    else:
        yield at, inner


def variants(kind: GraphQLInputObjectType, good: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The good input with one value replaced, for every value and all that is hostile of its type; a list also by none of it, by its
    first twice and by very many."""
    for path, leaf in leaves(kind, good):
        value: Any = good
        for step in path:
            value = value[step]
        hostile = [[], value * 2, value * 600] if is_list_type(leaf) else HOSTILE.get(get_named_type(leaf).name, [])
        for one in hostile:
            given = copy.deepcopy(good)
            holder: Any = given
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = one
            yield path, given


async def ids(world: World) -> dict[str, str]:
    """An id that each field may hold, of a thing that exists."""
    newest: dict[str, str] = {}
    for name in await world.mongo.database.list_collection_names():
        async for row in world.mongo[name].find({"version": {"$gte": 1}}, {"_id": 1}).sort("_id", 1):
            newest[str(row["_id"]).rpartition("_")[0]] = str(row["_id"])
    return {field: newest[kind] for field, kind in _KINDS.items()} | {
        "reportId": "report_sealed",
        "postId": SECTION,
        "areaId": "d1-s1-c1-g1",
        "unitId": UNIT_OF[SECTION],
        "ownerUnit": UNIT_OF[SECTION],
        "responderId": "officer_1",
        "personId": "person_officer_1",
    }


async def example(world: World, kind: GraphQLInputObjectType) -> dict[str, Any]:
    """A good input, as far as its fields tell what is good."""
    known = await ids(world)
    soon = world.now + timedelta(days=1)
    plain = {
        "Int": 1,
        "Float": 1.0,
        "Boolean": True,
        "DateTime": soon.isoformat(),
        "Date": soon.date().isoformat(),
        "Time": "08:00",
        "JSON": {},
    }

    def value(scalar: str, name: str) -> Any:
        if name in ("lon", "lat"):
            return {"lon": 113.005, "lat": 23.005}[name]
        single = name.removesuffix("s")
        return known.get(single) or known.get(f"{single}Id") or plain.get(scalar) or "现场已核实"

    given: dict[str, Any] = whole_schema.example(kind, value, full=True)
    return given


@pytest.fixture
async def district(bare: World) -> World:
    """The small district with people to send, one of them on duty, and a matter with all that hangs on one."""
    roster = RosterWorld(bare)
    await roster.load()
    await roster.on_duty("officer_1", 1)
    sealed = Sealed(bare)
    await sealed.vetted("officer_1")
    await sealed.series()
    await sealed.matter(await sealed.asset())
    return bare


async def state(world: World) -> str:
    """Differs whenever any document does."""
    return str((await world.mongo.database.command("dbHash"))["md5"])


async def answered(
    world: World, name: str, document: str, caller: Caller, given: dict[str, Any] | None = None
) -> list[str]:
    """The codes of what was wrong with a command; none when it succeeded."""
    data, errors = await world.ask_raw(document, caller, input=given)
    codes = [str(error["extensions"]["code"]) for error in errors]
    return codes + ([str(error["code"]) for error in data[name]["errors"]] if data and data[name] else [])


@pytest.mark.parametrize("who", CALLERS)
async def test_a_hostile_value_is_taken_or_refused_and_leaves_nothing_half_done(district: World, who: str) -> None:
    world, caller = district, CALLERS[who]
    wrong: list[str] = []
    for name, kind in whole_schema.mutations().items():
        document, good = whole_schema.command(name), await example(world, kind)
        # The centre is asked with every value; whom the good input tells that it is not for them, no value takes further.
        if who != "centre" and set(await answered(world, name, document, caller, good)) & {"NOT_ALLOWED", "NOT_FOUND"}:
            continue
        before = await state(world)
        for path, given in variants(kind, good):
            fresh = {} if path == ("idempotencyKey",) else {"idempotencyKey": new_id("key")}
            codes = await answered(world, name, document, caller, {**given, **fresh})
            where = f"{name} {'.'.join(map(str, path))}: {codes}"
            if {"INTERNAL", "UNAVAILABLE"} & set(codes):
                wrong.append(where)
            after = await state(world)
            if codes and after != before:
                wrong.append(f"{where} changed something")
            before = after
    assert not wrong, "\n".join(wrong)


async def test_a_number_without_end_in_the_text_of_a_command_makes_no_error_of_ours(district: World) -> None:
    wrong: list[str] = []
    known = await ids(district)

    def literal(kind: GraphQLInputType, name: str = "") -> str:
        inner: Any = get_nullable_type(kind)
        if is_list_type(inner):
            return f"[{literal(inner.of_type, name)}]"
        if isinstance(inner, GraphQLInputObjectType):
            return f"{{{', '.join(f'{key}: {literal(field.type, key)}' for key, field in inner.fields.items())}}}"
        made = whole_schema.example(inner, lambda scalar, _: "1e999" if scalar == "Float" else None)
        if made is not None:
            return str(made)
        plain = {"Int": 1, "Boolean": True, "DateTime": "2026-11-23T00:00:00Z", "Date": "2026-11-23", "Time": "08:00"}
        scalar = get_named_type(inner).name
        return json.dumps(known.get(name) or plain.get(scalar) or new_id("key"))

    before = await state(district)
    for name, kind in whole_schema.mutations().items():
        if "1e999" not in (given := literal(kind)):
            continue
        document = f"mutation {{ {name}(input: {given}) {{ errors {{ code }} }} }}"
        codes = await answered(district, name, document, DESK_OFFICER)
        if "INTERNAL" in codes or (codes and await state(district) != before):
            wrong.append(f"{name}: {codes}")
        before = await state(district)
    assert not wrong, "\n".join(wrong)


async def test_half_a_character_is_refused_before_anything_runs(world: World) -> None:
    def context(_: Caller | None, language: str) -> Context:
        return Context(DESK_OFFICER, language, world.store, world.directory, world.service.live)

    endpoint = GraphQLEndpoint(schema, context, Verifier(jwks_url="", issuer="", audience=""), 1 << 20)
    command = '{"query": "mutation($input: RecallOrderInput!) { recallOrder(input: $input) { errors { code } } }", '
    inputs = '"variables": {"input": {"idempotencyKey": "k", "workOrderId": "order_1", "reason": "\\ud83d"}}}'
    query = r'{"query": "{ workOrder(id: \"\\ud83d\") { id } }"}'
    codes = [
        json.loads(await endpoint.answer({}, body.encode()))["errors"][0]["extensions"]["code"]
        for body in (command + inputs, query)
    ]
    assert codes == ["BAD_REQUEST", "GRAPHQL_VALIDATION_FAILED"]


async def test_a_check_in_is_at_a_place_on_earth(world: World) -> None:
    order = await world.dispatched(mode="emergency")
    for mutation in ("acceptOrder", "departForOrder"):
        await world.done(mutation, SECTION_HEAD, workOrderId=order.id)
    for where in ({"lon": 1e308, "lat": 23.0}, {"lon": 113.0, "lat": -91.0}, {"accuracy": 0.0}, {"accuracy": -1e308}):
        code = await world.refused("checkInToOrder", SECTION_HEAD, workOrderId=order.id, **where)
        assert code == "POSITION_INVALID"

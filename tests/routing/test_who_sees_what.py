"""Whoever may not see a sealed matter is told the same whether there is one or not: by every query, entity, refusal and event."""

import asyncio
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from strawberry.types.execution import PreExecutionError

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.unit_of_work import OUTBOX
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from tests.refusals import said
from tests.routing import whole_schema
from tests.routing.district import GRID_3, SECTION, square
from tests.routing.ladder_world import act
from tests.routing.roster_world import SPOT, RosterWorld
from tests.routing.sealed_world import BLIND_TO, WORD, Matter, Sealed
from tests.routing.test_boundaries import features
from tests.routing.world import ATTENDANT, DESK_OFFICER, OPERATOR, RESIDENT, World

SENSITIVE = pytest.mark.parametrize("sensitivity", ["sealed", "restricted"])


@pytest.fixture
async def district(bare: World) -> World:
    """The small district with people to send, one of them on duty and vetted."""
    roster = RosterWorld(bare)
    await roster.load()
    await roster.on_duty("officer_1", 1)
    await Sealed(bare).vetted("officer_1")
    return bare


async def told(world: World, caller: Caller, documents: dict[str, str]) -> dict[str, Any]:
    """What each document tells the caller: its data, and the codes of its errors."""
    answers = {}
    for name, document in documents.items():
        data, errors = await world.ask_raw(document, caller)
        assert all(said(error["extensions"]) != "INTERNAL" for error in errors), (name, errors)
        answers[name] = {"data": data, "errors": errors}
    return answers


def words_in(answer: Any, matter: Matter) -> list[str]:
    text = json.dumps(answer, ensure_ascii=False)
    return [word for word in matter.words if word in text]


@SENSITIVE
async def test_nothing_of_a_matter_reaches_who_may_not_see_it(district: World, sensitivity: str) -> None:
    world = district
    sealed = Sealed(world, sensitivity)
    asset = await sealed.asset()
    await sealed.series()
    await sealed.matter(asset)
    await sealed.meet()
    matter = await sealed.known_by()
    found: dict[str, list[str]] = {}
    for who, caller in BLIND_TO[sensitivity].items():
        for ask in (whole_schema.root_fields(), whole_schema.by_id(matter.ids), whole_schema.entities(matter.ids)):
            for name, answer in (await told(world, caller, ask)).items():
                if words := words_in(answer, matter):
                    found[f"{name} to {who}"] = words
    assert not found, "\n".join(f"{where}: {words}" for where, words in found.items())


@SENSITIVE
async def test_lists_and_counts_are_the_same_with_the_matter_and_without(district: World, sensitivity: str) -> None:
    world = district
    sealed = Sealed(world, sensitivity)
    asset = await sealed.asset()
    await sealed.series()
    blind = BLIND_TO[sensitivity]
    before = {who: await told(world, caller, whole_schema.root_fields()) for who, caller in blind.items()}
    await sealed.matter(asset)
    for who, caller in blind.items():
        after = await told(world, caller, whole_schema.root_fields())
        # That somebody is sent out is no secret, only what to.
        apart = [name for name in after if name != "responders" and after[name] != before[who][name]]
        assert not apart, who


@SENSITIVE
async def test_the_resident_whose_matter_it_is_reads_what_was_reported_to_them_and_no_other_word(
    district: World, sensitivity: str
) -> None:
    world = district
    sealed = Sealed(world, sensitivity)
    order = await sealed.matter(await sealed.asset())
    matter = await sealed.known_by()
    own = {order, "report_sealed", "261122-0099", (await world.order("report_sealed")).number, WORD}
    others = Matter(matter.ids, [word for word in matter.words if word not in own])
    found: dict[str, list[str]] = {}
    for ask in (whole_schema.root_fields(), whole_schema.by_id(matter.ids), whole_schema.entities(matter.ids)):
        for name, answer in (await told(world, RESIDENT, ask)).items():
            texts = {path for path, value in leaves(answer) if isinstance(value, str) and WORD in value}
            words = [path for path in texts if not path.endswith("progress.text")] + words_in(answer, others)
            if words:
                found[name] = words
    assert not found


@SENSITIVE
async def test_no_subscription_tells_of_the_matter(district: World, sensitivity: str) -> None:
    world = district
    sealed = Sealed(world, sensitivity)
    asset = await sealed.asset()
    seen: list[tuple[str, str, Any]] = []

    async def watch(who: str, caller: Caller, name: str, document: str) -> None:
        context = Context(caller, "en", world.store, world.directory, world.service.live)
        results: Any = await schema.subscribe(document, context_value=context)
        if isinstance(results, PreExecutionError):
            seen.append((who, name, results.errors))
            return
        async for result in results:
            seen.append((who, name, result.data))

    watching = [
        asyncio.create_task(watch(who, caller, name, document))
        for who, caller in BLIND_TO[sensitivity].items()
        for name, document in whole_schema.subscriptions().items()
    ]
    await asyncio.sleep(0)
    while not world.service.live._open.is_set():
        await asyncio.sleep(0.01)
    await sealed.matter(asset)
    matter = await sealed.known_by()
    # A matter that all may know of follows; whoever watches has been told of it when the last of them has.
    ordinary = await world.dispatched("report_1", area_id=GRID_3[-1], area_path=list(GRID_3))
    async with asyncio.timeout(20):
        while not any(
            ordinary.id in json.dumps(data, default=str) for _, name, data in seen if name == "workOrderChanged"
        ):
            await asyncio.sleep(0.01)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    told_of = [(who, name) for who, name, data in seen if words_in(json.loads(json.dumps(data, default=str)), matter)]
    assert not told_of


async def test_events_of_a_sealed_matter_carry_no_free_text(district: World) -> None:
    sealed = Sealed(district)
    await sealed.matter(await sealed.asset())
    rows = await district.mongo[OUTBOX.name].find({}).to_list(None)
    assert [row["type"] for row in rows if WORD in row["data"]] == []


def _plain(kind: str, name: str) -> Any:
    """An acceptable value of each scalar."""
    if name == "idempotencyKey":
        return new_id("key")
    at = "2026-12-01T00:00:00+00:00"
    numbers = {
        "Int": 1,
        "Float": 1.0,
        "Boolean": True,
        "DateTime": at,
        "Date": "2026-12-01",
        "Time": "08:00",
        "JSON": {},
    }
    return numbers.get(kind, "nothing")


@SENSITIVE
async def test_no_command_tells_the_matter_from_one_that_is_not_there(district: World, sensitivity: str) -> None:
    world = district
    sealed = Sealed(world, sensitivity)
    await sealed.matter(await sealed.asset())
    matter = await sealed.known_by()
    before = await world.mongo[OUTBOX.name].count_documents({})
    told_apart = []
    for name, kind in whole_schema.mutations().items():
        document, given = whole_schema.command(name), whole_schema.example(kind, _plain, full=True)
        for path in [path for path, _ in paths(given) if path[-1] in _PREFIXES]:
            for known in (one for one in matter.ids if one.rpartition("_")[0] in _PREFIXES[str(path[-1])]):
                unknown = f"{known.rpartition('_')[0]}_00000000000000000000000000"
                for who, caller in BLIND_TO[sensitivity].items():
                    answers = [
                        await world.ask_raw(document, caller, input=put(given, path, one)) for one in (known, unknown)
                    ]
                    if answers[0] != answers[1]:
                        told_apart.append((name, path, who, answers))
    assert not told_apart, "\n".join(map(str, told_apart))
    assert await world.mongo[OUTBOX.name].count_documents({}) == before


def paths(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Where an input holds a value of its own."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(one, (*at, key))
    else:
        yield at, value


def leaves(answer: Any) -> Iterator[tuple[str, Any]]:
    """The same of an answer, as names with dots between and without the places in lists."""
    for path, value in paths(answer):
        yield ".".join(key for key in path if isinstance(key, str)), value


def put(given: dict[str, Any], path: tuple[str | int, ...], value: str) -> dict[str, Any]:
    """The input with one value replaced, under a key of its own."""
    changed = copy.deepcopy({**given, "idempotencyKey": new_id("key")})
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


# What the ids begin with that a field of a command may hold.
_PREFIXES = {
    "workOrderId": ("order",),
    "reportId": ("report",),
    "callId": ("call",),
    "escalationId": ("escalation",),
    "summonsId": ("summons",),
    "supervisionId": ("supervision",),
    "deploymentId": ("deployment", "dispatch"),
    "custodyId": ("custody",),
    "rulingId": ("ruling",),
    "stepId": ("department_step",),
    "runningOrderId": ("order",),
    "noticeId": ("notice",),
    "subjectId": ("order",),
    "sourceId": ("order",),
}


async def test_new_outlines_tell_the_operator_nothing_of_the_sealed_orders_they_move(district: World) -> None:
    world = district
    await world.dispatched("report_sealed", place=SPOT, sensitivity="sealed")
    await world.dispatched("report_1", place=SPOT)
    only = features(("d1-s1-c1-g1", square(113.0, 113.004)), ("d1-s1-c1-g2", square(113.004, 113.02)))
    mine = "{ orderCount: ordersMoved handed: ordersHandedOver orders { number } }"
    document = f"""mutation($input: ProposeBoundariesInput!) {{ proposeBoundaries(input: $input) {{
      boundaryProposal {mine} errors {{ message }} }} }}"""
    seen = {}
    for caller in (OPERATOR, DESK_OFFICER):
        given = {"idempotencyKey": new_id("key"), "level": "GRID", "geojson": only}
        payload = (await world.ask(document, caller, input=given))["proposeBoundaries"]
        assert payload["errors"] == []
        seen[caller.person] = payload["boundaryProposal"]
    assert seen[OPERATOR.person]["orderCount"] == 1
    assert [move["number"] for move in seen[OPERATOR.person]["orders"]] == [(await world.order("report_1")).number]
    assert seen[DESK_OFFICER.person]["orderCount"] == 2


async def test_a_whistle_for_a_sealed_report_is_blown_by_its_centre_only(district: World) -> None:
    world = district
    await world.dispatched("report_sealed", sensitivity="sealed")
    given = {
        "reason": "BEYOND_MEANS",
        "triedBelow": "社区三次协调未果",
        "matter": "占道经营",
        "areaId": "d1-s1-c1-g1",
        "reportId": "report_sealed",
        "postIds": [SECTION],
    }
    assert await act(world, "whistle", ATTENDANT, "summons", **given) == "NOT_FOUND"
    assert "id" in await act(world, "whistle", DESK_OFFICER, "summons", **given)


async def test_what_a_caller_typed_is_not_written_to_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    document = "mutation($input: RecallOrderInput!) { recallOrder(input: $input) { errors { code reason } } }"
    _, errors = await world.ask_raw(document, DESK_OFFICER, input={"workOrderId": "order_1", "reason": [WORD]})
    assert errors
    _, errors = await world.ask_raw(f'{{ nearestResponders(workOrderId: "{WORD}") {{ at }} }}', DESK_OFFICER)
    assert errors
    assert WORD not in caplog.text


async def test_every_entity_that_the_schema_names_can_be_resolved(world: World) -> None:
    for name, document in whole_schema.entities(["nothing"]).items():
        _, errors = await world.ask_raw(document, DESK_OFFICER)
        assert errors == [], name

"""What a caller may not see is not found: by id, in lists, as an entity, in the timeline, live."""

import asyncio
import contextlib
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.intake import handlers, views
from services.intake.commands import TriageReport
from services.intake.consumers import DecisionMade, OrderDispatched
from services.intake.graphql.context import Context
from services.intake.graphql.schema import schema
from services.intake.model.visibility import may_see
from tests.intake.world import (
    ATTENDANT,
    CENTRE,
    GRID_1,
    GRID_3,
    HANDLER,
    IN_GRID_3,
    MEDIATOR,
    OPERATOR,
    OTHER_ATTENDANT,
    OTHER_HANDLER,
    OTHER_RESIDENT,
    RESIDENT,
    STREET,
    World,
)
from tests.refusals import said

EVERYBODY = {
    "resident": RESIDENT,
    "other resident": OTHER_RESIDENT,
    "attendant": ATTENDANT,
    "other attendant": OTHER_ATTENDANT,
    "street": STREET,
    "centre": CENTRE,
    "handler": HANDLER,
    "other handler": OTHER_HANDLER,
    "mediator": MEDIATOR,
    "operator": OPERATOR,
    "both": Caller(
        person="person_b", roles=frozenset({"handler", "attendant"}), post="post_h", unit="unit_b", area=GRID_3
    ),
}


async def matters(world: World) -> dict[str, str]:
    """One report of each sort, all called in by RESIDENT but the last."""
    found = {
        "plain": await world.submitted(),
        "elsewhere": await world.submitted(place=IN_GRID_3),
        "ordered": await world.submitted(),
        "dispute": await world.submitted(category="noise"),
        "sealed": await world.submitted(kind="TIP_OFF"),
        "collected": await world.submitted(ATTENDANT, onBehalfOf={"name": "陈阿婆"}),
    }
    await world.hear(OrderDispatched(report_id=found["ordered"], order_id="o", lead_post="post_h", lead_unit="unit_h"))
    await world.hear(OrderDispatched(report_id=found["sealed"], order_id="s", lead_post="post_h", lead_unit="unit_h"))
    await world.hear(DecisionMade(report_id=found["dispute"], path="mediation", lead_post="post_m"))
    return found


SEEN = {
    "resident": {"plain", "elsewhere", "ordered", "dispute", "sealed"},
    "other resident": set(),
    "attendant": {"plain", "ordered", "dispute", "collected"},
    "other attendant": {"elsewhere"},
    "street": {"plain", "ordered", "dispute", "collected"},
    "centre": {"plain", "elsewhere", "ordered", "dispute", "sealed", "collected"},
    "handler": {"ordered"},
    "other handler": set(),
    "mediator": {"dispute"},
    "operator": set(),
    "both": {"elsewhere", "ordered"},
}


@pytest.mark.capability("G-06")
async def test_each_sees_what_is_theirs_in_lists_by_id_by_number_and_as_entity(world: World) -> None:
    found = await matters(world)
    names = {report_id: name for name, report_id in found.items()}
    numbers = {name: (await world.report(report_id)).number for name, report_id in found.items()}

    for who, caller in EVERYBODY.items():
        listed = await world.ask("{ reports(first: 50) { nodes { id } } }", caller)
        by_id = [
            name
            for name, report_id in found.items()
            if (await world.ask("query Q($i: ID!) { report(id: $i) { id } }", caller, i=report_id))["report"]
        ]
        by_number = [
            name
            for name, number in numbers.items()
            if (await world.ask("query Q($n: String!) { report(number: $n) { id } }", caller, n=number))["report"]
        ]
        entities = await world.ask(
            "query Q($r: [_Any!]!) { _entities(representations: $r) { ... on Report { id timeline { index } } } }",
            caller,
            r=[{"__typename": "Report", "id": report_id} for report_id in found.values()],
        )

        assert sorted(names[node["id"]] for node in listed["reports"]["nodes"]) == sorted(SEEN[who]), who
        assert set(by_id) == SEEN[who], who
        assert set(by_number) == SEEN[who], who
        assert {names[entity["id"]] for entity in entities["_entities"] if entity} == SEEN[who], who


async def test_the_rule_for_one_and_the_filter_for_many_say_the_same(world: World) -> None:
    """INVARIANT: `may_see` and `list_filter` are two uses of one rule, whatever the list is narrowed to."""
    found = await matters(world)
    reports = [await world.report(report_id) for report_id in found.values()]
    narrowed = [
        views.Wanted(),
        views.Wanted(area_path=world.reference.areas.by_id["d1-s1"].path),
        views.Wanted(area_path=world.reference.areas.by_id[GRID_1].path),
        views.Wanted(area_path=["d1"]),
        views.Wanted(category_path=["noise"]),
    ]

    for who, caller in EVERYBODY.items():
        for wanted in narrowed:
            listed = await world.mongo["reports"].find(views.list_filter(caller, wanted)).to_list(None)
            expected = {
                report.id
                for report in reports
                if may_see(report, caller)
                and (not wanted.area_path or wanted.area_path[-1] in report.area_path)
                and (not wanted.category_path or report.category in wanted.category_path)
            }
            assert {document["_id"] for document in listed} == expected, (who, wanted)


async def test_unseen_report_is_not_found_by_any_mutation(world: World) -> None:
    report_id = await world.submitted()
    given: dict[str, dict[str, Any]] = {
        "triageReport": {"category": "gas"},
        "answerReport": {"reply": "x"},
        "confirmReport": {"satisfaction": 5},
        "reopenReport": {"reason": "x"},
        "withdrawReport": {"reason": "x"},
        "convertReport": {"reason": "x", "disputeType": "OTHER"},
    }

    for name, values in given.items():
        unseen = await world.mutate(name, OTHER_ATTENDANT, reportId=report_id, **values)
        missing = await world.mutate(name, OTHER_ATTENDANT, reportId="report_none", **values)
        assert [said(error) for error in unseen["errors"]] == ["NOT_FOUND"]
        assert unseen["errors"] == missing["errors"]


async def test_sealed_identity_is_for_the_caller_and_the_centre(world: World) -> None:
    report_id = await world.submitted(identityMode="SEALED")
    await world.hear(OrderDispatched(report_id=report_id, order_id="o", lead_post="post_h", lead_unit="unit_h"))
    document = "query Q($i: ID!) { report(id: $i) { caller { person } timeline { facts post { id } } } }"

    shown = {
        who: (await world.ask(document, caller, i=report_id))["report"]
        for who, caller in {"own": RESIDENT, "centre": CENTRE, "attendant": ATTENDANT, "handler": HANDLER}.items()
    }

    assert shown["own"]["caller"] == shown["centre"]["caller"] == {"person": RESIDENT.person}
    assert shown["attendant"]["caller"] is shown["handler"]["caller"] is None
    assert RESIDENT.person not in str(shown["handler"])
    assert RESIDENT.person not in str(await world.events(report_id))


async def test_sealed_identity_of_a_beneficiary_is_not_announced(world: World) -> None:
    report_id = await world.submitted(ATTENDANT, identityMode="SEALED", onBehalfOf={"person": RESIDENT.person})

    assert RESIDENT.person not in str(await world.events(report_id))
    assert RESIDENT.person not in str(await world.mongo["timeline"].find({"report_id": report_id}).to_list(None))


async def test_without_a_token_nothing_is_shown(world: World) -> None:
    report_id = await world.submitted()

    for document in (f'{{ report(id: "{report_id}") {{ id }} }}', "{ reports { nodes { id } } }"):
        data, errors = await world.ask_raw(document, None)
        assert [said(error["extensions"]) for error in errors] == ["UNAUTHENTICATED"]
        assert not any((data or {}).values())


@contextlib.asynccontextmanager
async def watching(world: World, caller: Caller, document: str, **variables: Any) -> Any:
    """A subscription's payloads, as a list that grows."""
    seen: list[Any] = []
    context = Context(caller, "en", world.store, world.live, world.reference)

    async def watch() -> None:
        result: Any = await schema.subscribe(document, variable_values=variables, context_value=context)
        async with contextlib.aclosing(result) as results:
            async for item in results:
                assert not item.errors, item.errors
                seen.append(item.data["reportUpdated"])

    task = asyncio.create_task(watch())
    try:
        await until(world.live._open.is_set)
        yield seen
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(holds: Any) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.02)


async def test_a_subscription_shows_only_what_its_watcher_may_see(world: World) -> None:
    document = "subscription { reportUpdated { id state } }"
    async with (
        watching(world, CENTRE, document) as centre,
        watching(world, OTHER_ATTENDANT, document) as elsewhere,
        watching(world, RESIDENT, document) as resident,
        watching(world, OTHER_RESIDENT, document) as stranger,
    ):
        here = await world.submitted(category=None)
        there = await world.submitted(place=IN_GRID_3, category=None, kind="TIP_OFF")
        await until(lambda: len(centre) == 2 and len(resident) == 2)

    assert {one["id"] for one in centre} == {here, there}
    assert elsewhere == stranger == []


async def test_one_report_is_watched_by_its_id(world: World) -> None:
    report_id = await world.submitted(category=None)
    async with watching(
        world, RESIDENT, "subscription S($i: ID!) { reportUpdated(id: $i) { id state } }", i=report_id
    ) as seen:
        await world.submitted()
        command = TriageReport(key="t", report_id=report_id, category="gas")
        await handlers.triage_report(world.store, world.reference, ATTENDANT, command)
        await until(lambda: seen)

    assert seen == [{"id": report_id, "state": "TRIAGED"}]


@pytest.mark.parametrize("representation", [{"__typename": "Report"}, {"__typename": "Area", "id": "d1"}])
async def test_a_strange_representation_spoils_only_itself(world: World, representation: dict[str, str]) -> None:
    report_id = await world.submitted()

    data, errors = await world.ask_raw(
        "query Q($r: [_Any!]!) { _entities(representations: $r) { ... on Report { id } } }",
        r=[representation, {"__typename": "Report", "id": report_id}],
    )

    assert data["_entities"] == [None, {"id": report_id}]
    assert len(errors) == 1

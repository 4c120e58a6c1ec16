"""What calls, ladders and people who are sent become in the timeline, and for whom."""

import inspect
from collections.abc import Sequence

import pytest

from services.chassis.consumer import Subscription
from services.chassis.events import Actor
from services.chassis.identity import Caller
from services.intake import events
from services.intake.consumers import (
    FROM_MEDIATION,
    FROM_ROUTING,
    AreaDefined,
    AreaRetired,
    CallAnswered,
    CallMade,
    CallRaised,
    DispatchAccepted,
    DispatchArrived,
    DispatchDeparted,
    DispatchDone,
    EscalationClimbed,
    EscalationStarted,
    OrderDispatched,
)
from services.intake.events import CategoryPublished
from services.intake.model.wording import sentence
from tests.intake.world import ATTENDANT, CENTRE, HANDLER, OTHER_ATTENDANT, RESIDENT, World

TIMELINE = "query Q($i: ID!) { report(id: $i) { timeline { type text subject facts post { id } unit { id } } } }"
CALLED = Caller(person="person_l", roles=frozenset({"handler"}), post="post_l", unit="unit_h", area="d1-s1")
GOES = Actor(person="person_g", post="post_a1", unit="unit_c1")


async def entries(
    world: World, caller: Caller, report_id: str, language: str = "en"
) -> list[tuple[str, str, str | None]]:
    """Kind, sentence and acting post of each entry about calls, ladders and people who are sent."""
    seen = (await world.ask(TIMELINE, caller, language, i=report_id))["report"]["timeline"]
    return [
        (kind[2], entry["text"], entry["post"] and entry["post"]["id"])
        for entry in seen
        if (kind := entry["type"].split("."))[2] in ("call", "escalation", "dispatch")
    ]


async def sent(world: World, report_id: str) -> None:
    """Somebody is sent, goes, is there and has done the work."""
    about = {"deployment_id": "deployment_1", "report_id": report_id}
    await world.hear(DispatchAccepted(**about, responder_ids=["responder_1"]), actor=GOES)
    for kind in (DispatchDeparted, DispatchArrived, DispatchDone):
        await world.hear(kind(**about), actor=GOES)


async def climbing(world: World, report_id: str) -> None:
    """An order is late and climbs; the community is called, answers, and the call is raised."""
    about = {"escalation_id": "e", "report_id": report_id, "subject_kind": "order", "subject_id": "order_1"}
    await world.hear(
        EscalationStarted(**about, trigger="clock_breach", owner_post="post_h", owner_unit="unit_h"), actor=Actor()
    )
    await world.hear(EscalationClimbed(**about, level="street", post="post_s1", unit="unit_s1"), actor=Actor())
    called = {"respondent_level": "community", "respondent_post": "post_k", "respondent_unit": "unit_k"}
    await world.hear(CallMade(call_id="c", report_id=report_id, **called), actor=GOES)
    await world.hear(CallAnswered(call_id="c", report_id=report_id, post="post_k", unit="unit_k"), actor=Actor())
    await world.hear(CallRaised(call_id="c", report_id=report_id, post="post_s1", unit="unit_s1"), actor=Actor())


async def dispatched(world: World, kind: str = "COMPLAINT") -> str:
    report_id = await world.submitted(kind=kind)
    await world.hear(OrderDispatched(report_id=report_id, order_id="order_1", lead_post="post_h", lead_unit="unit_h"))
    return report_id


@pytest.mark.capability("I-30", "R-07", "G-03")
async def test_a_caller_reads_that_a_responder_is_on_the_way_and_not_who(world: World) -> None:
    report_id = await dispatched(world)
    await sent(world, report_id)

    told = await entries(world, RESIDENT, report_id)
    assert told == [
        ("dispatch", "A responder is being sent.", None),
        ("dispatch", "A responder is on the way.", None),
        ("dispatch", "A responder is on the scene.", None),
        ("dispatch", "The responder has done the work on the scene.", None),
    ]
    assert (await entries(world, RESIDENT, report_id, "zh"))[1] == ("dispatch", "处置人员正在赶往现场。", None)
    assert "responder_1" not in str(await world.ask(TIMELINE, RESIDENT, i=report_id))
    for staff in (CENTRE, ATTENDANT, HANDLER):
        assert [post for _, _, post in await entries(world, staff, report_id)] == ["post_a1"] * 4
        assert "responder_1" in str(await world.ask(TIMELINE, staff, i=report_id))


@pytest.mark.capability("I-30", "R-01", "R-02", "G-03")
async def test_calls_and_ladders_are_shown_to_the_place_and_to_those_they_name(world: World) -> None:
    report_id = await dispatched(world)
    await climbing(world, report_id)

    everything = [
        ("escalation", "The matter begins to climb.", None),
        ("escalation", "A higher post has the duty too.", None),
        ("call", "A post above was called; it owes an answer.", "post_a1"),
        ("call", "A called post has answered.", None),
        ("call", "The call was raised; a higher post owes an answer too.", None),
    ]
    assert await entries(world, CENTRE, report_id) == await entries(world, ATTENDANT, report_id) == everything
    assert await entries(world, HANDLER, report_id) == everything[:2]  # the owner of the first rung
    assert await entries(world, RESIDENT, report_id) == []


@pytest.mark.capability("I-30", "R-02")
async def test_of_a_sealed_matter_only_its_centre_learns_who_acted(world: World) -> None:
    report_id = await dispatched(world, kind="TIP_OFF")
    await climbing(world, report_id)

    own = (await world.ask(TIMELINE, RESIDENT, i=report_id))["report"]["timeline"]
    assert [entry["type"].split(".")[2] for entry in own].count("order") == 1
    assert all(entry["post"] is entry["unit"] is None and entry["facts"] == {} for entry in own)
    assert "post_" not in str(own)
    assert len(await entries(world, CENTRE, report_id)) == 5
    for stranger in (ATTENDANT, OTHER_ATTENDANT, HANDLER):
        assert (await world.ask(TIMELINE, stranger, i=report_id))["report"] is None


def test_every_kind_of_entry_has_its_sentence_in_both_languages() -> None:
    heard: Sequence[Subscription] = [*FROM_ROUTING, *FROM_MEDIATION]
    kinds = {one.data.type for one in heard if one.data not in (AreaDefined, AreaRetired)}
    own = [vars(kind)["type"] for _, kind in inspect.getmembers(events, inspect.isclass) if "type" in vars(kind)]
    kinds |= {kind for kind in own if kind != CategoryPublished.type}
    assert len(kinds) > 60
    for kind in kinds:
        assert sentence(kind, "en").endswith(".")
        assert sentence(kind, "zh").endswith("。")

"""Supervision at the GraphQL edge: four levels, by hand, about orders, directives and parts."""

from typing import Any

import msgspec
import pytest

from tests.routing.directive_world import COMMITTEE_HEAD, Desk
from tests.routing.district import COMMITTEE, DESK, SECTION
from tests.routing.ladder_world import notices
from tests.routing.world import (
    ATTENDANT,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

LIST = """
query($filter: SupervisionFilter) { supervisions(filter: $filter) { nodes { id level } } }
"""
ON_ORDER = "query($id: ID!) { workOrder(id: $id) { supervisions { level state } } }"


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.mark.capability("R-15")
async def test_an_order_is_supervised_by_hand_answered_and_settled(desk: Desk) -> None:
    order = await desk.world.dispatched()
    given: dict[str, Any] = {"subjectKind": "WORK_ORDER", "subjectId": order.id, "reason": "群众反复来电"}

    opened = await desk.done("openSupervision", **given, level="WRITTEN")
    (notice,) = await notices(desk.world, SECTION_HEAD)
    assert (notice["kind"], notice["subjectNumber"]) == ("SUPERVISION", order.number)
    assert (opened["post"]["id"], opened["byRule"], opened["openedBy"]["id"]) == (SECTION, False, DESK)
    named: dict[str, Any] = {"supervisionId": opened["id"]}
    assert await desk.refused("answerSupervision", DESK_OFFICER, **named, text="好") == "NOT_ALLOWED NOT_YOURS"
    answered = await desk.done("answerSupervision", SECTION_HEAD, **named, text="已派员到场")
    assert (answered["state"], answered["answer"]) == ("ANSWERED", "已派员到场")
    assert await desk.refused("answerSupervision", SECTION_HEAD, **named, text="又") == "SUPERVISION_STATE_FORBIDS"
    assert await desk.refused("settleSupervision", SECTION_HEAD, **named, note="好") == "NOT_ALLOWED ROLE"
    await desk.done("settleSupervision", **named, note="现场已核实")

    shown = (await desk.world.ask(ON_ORDER, SECTION_HEAD, id=order.id))["workOrder"]
    assert shown["supervisions"] == [{"level": "WRITTEN", "state": "SETTLED"}]
    assert (await desk.world.ask(ON_ORDER, RESIDENT, id=order.id))["workOrder"]["supervisions"] == []
    assert await desk.told() == ["supervision.opened", "supervision.answered", "supervision.settled"]
    assert "群众" not in (await desk.data_of("supervision.opened"))[0]


@pytest.mark.capability("R-15")
@pytest.mark.parametrize("level", ["REMIND", "WRITTEN", "NOTIFY_SUPERIOR", "LEADER_TALK"])
async def test_each_level_leaves_a_record_and_from_the_third_the_superior_knows(desk: Desk, level: str) -> None:
    task = await desk.running_task(SECTION_HEAD)
    given: dict[str, Any] = {"subjectKind": "DIRECTIVE", "subjectId": task["id"], "level": level, "reason": "进度滞后"}

    opened = await desk.done("openSupervision", **given)

    knows = [{"id": DESK}] if level in ("NOTIFY_SUPERIOR", "LEADER_TALK") else []
    assert opened["superiors"] == knows
    assert [row["level"] for row in (await desk.directive(task["id"]))["supervisions"]] == [level]


@pytest.mark.capability("R-15")
@pytest.mark.parametrize("confirmed", [True, False])
async def test_supervision_ends_with_its_order(desk: Desk, confirmed: bool) -> None:
    order = await desk.world.verified() if confirmed else await desk.world.dispatched()
    given: dict[str, Any] = {"subjectKind": "WORK_ORDER", "subjectId": order.id, "level": "REMIND", "reason": "催"}
    await desk.done("openSupervision", **given)

    if confirmed:
        await desk.world.confirm()
    else:
        await desk.world.done("recallOrder", DESK_OFFICER, workOrderId=order.id, reason="重复")

    shown = (await desk.world.ask(ON_ORDER, SECTION_HEAD, id=order.id))["workOrder"]
    assert shown["supervisions"] == [{"level": "REMIND", "state": "SETTLED"}]


@pytest.mark.capability("R-15")
async def test_an_answer_that_does_not_come_is_announced_once(desk: Desk) -> None:
    task = await desk.running_task(SECTION_HEAD)
    given: dict[str, Any] = {
        "subjectKind": "DIRECTIVE_PART",
        "subjectId": task["parts"][0]["id"],
        "level": "REMIND",
        "reason": "催",
    }
    opened = await desk.done("openSupervision", **given)
    assert (await desk.directive(task["id"]))["parts"][0]["supervisions"] == [{"level": "REMIND"}]

    for _ in range(3):
        desk.world.pass_time(hours=20)
        await desk.let_clock_act()

    (told,) = map(msgspec.json.decode, await desk.data_of("supervision.unanswered"))
    assert (told["supervisionId"], told["post"]) == (opened["id"], SECTION)
    answered = await desk.done("answerSupervision", SECTION_HEAD, supervisionId=opened["id"], text="已办")
    assert answered["unanswered"] is True
    assert '"late":true' in (await desk.data_of("supervision.answered"))[0]


async def test_what_owes_nothing_is_not_supervised(desk: Desk) -> None:
    drafted = await desk.done("draftKeyTask", **desk.task(SECTION))
    given: dict[str, Any] = {"subjectKind": "DIRECTIVE", "level": "REMIND", "reason": "催"}
    assert await desk.refused("openSupervision", **given, subjectId=drafted["id"]) == "NOTHING_TO_SUPERVISE"
    order = await desk.world.dispatched()
    await desk.world.done("recallOrder", DESK_OFFICER, workOrderId=order.id, reason="重复")
    assert (
        await desk.refused("openSupervision", **{**given, "subjectKind": "WORK_ORDER"}, subjectId=order.id)
        == "NOTHING_TO_SUPERVISE"
    )


async def test_of_several_addressees_one_is_named(desk: Desk) -> None:
    task = await desk.running_task(SECTION_HEAD, COMMITTEE_HEAD)
    given: dict[str, Any] = {"subjectKind": "DIRECTIVE", "subjectId": task["id"], "level": "REMIND", "reason": "催"}

    assert await desk.refused("openSupervision", **given) == "UNKNOWN_POST"
    assert await desk.refused("openSupervision", **given, postId=DESK) == "UNKNOWN_POST"
    assert (await desk.done("openSupervision", **given, postId=COMMITTEE))["unit"]["id"] == "unit_c1"


async def test_supervisions_are_for_their_centre_and_who_must_answer(desk: Desk) -> None:
    order = await desk.world.dispatched()
    given: dict[str, Any] = {"subjectKind": "WORK_ORDER", "subjectId": order.id, "level": "REMIND", "reason": "催"}
    assert await desk.refused("openSupervision", STREET_2_CENTRE, **given) == "NOT_FOUND"
    assert await desk.refused("openSupervision", SECTION_HEAD, **given) == "NOT_ALLOWED ROLE"
    opened = await desk.done("openSupervision", **given)

    for viewer, found in ((DESK_OFFICER, 1), (SECTION_HEAD, 1), (OTHER_SECTION_HEAD, 0), (ATTENDANT, 0), (RESIDENT, 0)):
        nodes = (await desk.world.ask(LIST, viewer))["supervisions"]["nodes"]
        assert len(nodes) == found
        one = await desk.world.ask("query($id: ID!) { supervision(id: $id) { id } }", viewer, id=opened["id"])
        assert bool(one["supervision"]) is bool(found)
    for asked, found in (({"level": "WRITTEN"}, 0), ({"unit": "unit_s1", "state": "OPEN"}, 1), ({"area": "d1-s2"}, 0)):
        assert len((await desk.world.ask(LIST, filter=asked))["supervisions"]["nodes"]) == found

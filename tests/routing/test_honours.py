"""Honours at the GraphQL edge: nominated for verified work only, published by somebody else."""

from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from tests.refusals import said
from tests.routing.directive_world import Desk
from tests.routing.district import COMMITTEE, SECTION
from tests.routing.world import DESK_OFFICER, OTHER_SECTION_HEAD, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

LIST = """
query($state: HonourState) { honours(state: $state) { nodes { title points post { id } workOrders { id } } } }
"""


async def _do(world: World, mutation: str, caller: Caller, **given: Any) -> tuple[Any, list[str]]:
    kind = mutation[0].upper() + mutation[1:] + "Input"
    document = (
        f"mutation($input: {kind}!) {{ {mutation}(input: $input) "
        "{ honour { id state points reason } errors { code reason } } }"
    )
    payload = (await world.ask(document, caller, input={"idempotencyKey": new_id("key"), **given}))[mutation]
    return payload["honour"], [said(error) for error in payload["errors"]]


def _nomination(*orders: str, **more: Any) -> dict[str, Any]:
    works = [{"kind": "WORK_ORDER", "id": order_id} for order_id in orders]
    return {"postId": SECTION, "title": "最美云枫人", "citation": "随叫随到", "works": works, **more}


@pytest.mark.capability("R-37")
async def test_a_post_is_honoured_for_verified_work_and_everybody_sees_it(world: World) -> None:
    order = await world.verified()
    desk = Desk(world)
    task = await desk.running_task(SECTION_HEAD)
    await desk.report(SECTION_HEAD, task, 100)
    await desk.done("submitKeyTask", SECTION_HEAD, directiveId=task["id"], summary="好")
    await desk.done("acceptKeyTask", directiveId=task["id"])
    nomination = _nomination(order.id)
    nomination["works"].append({"kind": "KEY_TASK", "id": task["id"]})

    honour, _ = await _do(world, "nominateHonour", SECTION_HEAD, **nomination)
    assert (honour["state"], honour["points"]) == ("NOMINATED", 11)
    assert (await world.ask(LIST, RESIDENT))["honours"]["nodes"] == []
    published, _ = await _do(world, "publishHonour", DESK_OFFICER, honourId=honour["id"])
    assert published["state"] == "PUBLISHED"

    (seen,) = (await world.ask(LIST, OTHER_SECTION_HEAD))["honours"]["nodes"]
    assert seen == {"title": "最美云枫人", "points": 11, "post": {"id": SECTION}, "workOrders": []}
    (own,) = (await world.ask(LIST, SECTION_HEAD, state="PUBLISHED"))["honours"]["nodes"]
    assert own["workOrders"] == [{"id": order.id}]
    withdrawn, _ = await _do(world, "withdrawHonour", DESK_OFFICER, honourId=honour["id"], reason="材料不实")
    assert (withdrawn["state"], withdrawn["reason"]) == ("WITHDRAWN", "材料不实")
    names = [row["type"].split(".")[3] for row in await world.told("honour")]
    assert names == ["nominated", "published", "withdrawn"]


@pytest.mark.capability("R-37")
async def test_work_that_nobody_verified_or_another_did_earns_nothing(world: World) -> None:
    verified, submitted = await world.verified("report_1"), await world.submitted("report_2")

    for nomination in (
        _nomination(submitted.id),
        _nomination(verified.id, postId=COMMITTEE),
        _nomination("order_none"),
    ):
        assert await _do(world, "nominateHonour", DESK_OFFICER, **nomination) == (None, ["WORK_NOT_VERIFIED"])
    for nomination in (_nomination(), _nomination(verified.id, verified.id)):
        assert await _do(world, "nominateHonour", DESK_OFFICER, **nomination) == (None, ["WORKS_WRONG"])


@pytest.mark.capability("R-37")
async def test_work_that_was_reopened_is_not_published(world: World) -> None:
    order = await world.verified()
    honour, _ = await _do(world, "nominateHonour", SECTION_HEAD, **_nomination(order.id))

    await world.reopen()

    assert await _do(world, "publishHonour", DESK_OFFICER, honourId=honour["id"]) == (None, ["WORK_NOT_VERIFIED"])
    declined, _ = await _do(world, "declineHonour", DESK_OFFICER, honourId=honour["id"], reason="已重办")
    assert declined["state"] == "DECLINED"
    refused = await _do(world, "withdrawHonour", DESK_OFFICER, honourId=honour["id"], reason="又")
    assert refused == (None, ["HONOUR_STATE_FORBIDS"])


async def test_a_nomination_is_decided_by_a_centre_of_another_unit(world: World) -> None:
    order = await world.verified()
    nomination = _nomination(order.id)
    assert await _do(world, "nominateHonour", OTHER_SECTION_HEAD, **nomination) == (None, ["NOT_ALLOWED ROLE"])
    honour, _ = await _do(world, "nominateHonour", SECTION_HEAD, **nomination)
    own_centre = Caller(person="person_x", roles=frozenset({"centre"}), post="post_x", unit="unit_s1", area="d1")

    for caller, code in (
        (SECTION_HEAD, "NOT_ALLOWED ROLE"),
        (STREET_2_CENTRE, "NOT_FOUND"),
        (RESIDENT, "NOT_FOUND"),
        (own_centre, "NOT_ALLOWED INVOLVED"),
    ):
        assert await _do(world, "publishHonour", caller, honourId=honour["id"]) == (None, [code])

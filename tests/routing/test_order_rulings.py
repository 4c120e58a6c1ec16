"""Whose is it? Returns, adjudication, rulings that bind, fall-back owners, and rulings as precedents (R-32)."""

import json
from datetime import datetime
from typing import Any

import pytest

from services.routing.model.order.work_order import OrderState
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, SECTION
from tests.routing.order_world import do, in_, no, now_is, seen, tick
from tests.routing.world import (
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    World,
)

RULING: dict[str, Any] = {"question": "谁清运", "facts": "道路归街道管护", "basis": "职责清单第3项"}
LIST = "{ rulings { nodes { id question post { id } unitsHeard { id } standing category area { id } } } }"
HEARD = "{ rulings { nodes { unitsHeard { id } unitsNotHeard { id } } } }"
REVOKE = "mutation($input: RevokeRulingInput!) { revokeRuling(input: $input) { ruling { standing } errors { code reason } } }"


async def referred(world: World, report_id: str = "report_1") -> Any:
    """A returned order that the centre shall rule on."""
    order = await world.dispatched(report_id)
    await do(world, "returnOrder", SECTION_HEAD, order, basis="不属本单位职责")
    await do(world, "referOrder", DESK_OFFICER, order)
    return order


async def ruled(world: World, report_id: str = "report_1", **scope: Any) -> str:
    """The id of a ruling for the department."""
    order = await referred(world, report_id)
    await do(world, "ruleOrder", DESK_OFFICER, order, postId=DEPARTMENT, **RULING, appliesTo=scope or None)
    ruling_id = (await now_is(world, order)).current.ruling_id
    assert ruling_id
    return ruling_id


@pytest.mark.capability("R-32")
async def test_everybody_sees_who_refused_and_who_has_it_now(world: World) -> None:
    order = await world.dispatched()
    await do(world, "returnOrder", SECTION_HEAD, order, basis="不属本单位职责")
    assert (await seen(world, order, RESIDENT))["refusals"] == [{"unit": {"id": "unit_s1"}, "nextUnit": None}]

    await do(world, "dispatchOrder", DESK_OFFICER, order, postId=DEPARTMENT)

    shown = await seen(world, order, RESIDENT)
    assert shown["refusals"] == [{"unit": {"id": "unit_s1"}, "nextUnit": {"id": "unit_dept"}}]
    assert shown["leadUnit"] == {"id": "unit_dept"}


@pytest.mark.capability("R-32")
async def test_a_ruling_names_question_facts_and_units_heard_and_binds(world: World) -> None:
    order = await referred(world)
    assert await seen(world, order, SECTION_HEAD)

    await do(world, "ruleOrder", DESK_OFFICER, order, postId=DEPARTMENT, **RULING, unitsHeard=["unit_dept"])

    (ruling,) = (await world.ask(LIST, SECTION_HEAD))["rulings"]["nodes"]
    assert ruling["unitsHeard"] == [{"id": "unit_dept"}, {"id": "unit_s1"}]
    assert (ruling["post"]["id"], ruling["standing"]) == (DEPARTMENT, False)
    basis = {"basis": "仍不属"}
    assert await no(world, "returnOrder", DEPARTMENT_HEAD, order, **basis) == "RULING_BINDS"
    await do(world, "acceptOrder", DEPARTMENT_HEAD, order)
    hand = {"postId": SECTION, "reason": "推给街道"}
    assert await no(world, "transferOrder", DEPARTMENT_HEAD, order, **hand) == "RULING_BINDS"
    names = [row["type"].split(".", 2)[2] for row in await world.told("order", "ruling")]
    assert "order.ruled.v1" in names
    assert "ruling.made.v1" in names


@pytest.mark.capability("R-32")
async def test_units_are_heard_before_a_ruling_which_names_who_was_not(world: World) -> None:
    order = await referred(world)
    view = {"text": "该路段属环卫作业范围"}
    assert await no(world, "stateViewOnOrder", DEPARTMENT_HEAD, order, **view) == "NOT_FOUND"  # nothing of theirs yet
    assert await no(world, "callHearing", SECTION_HEAD, order, units=["unit_dept"]) == "NOT_ALLOWED ROLE"
    assert await no(world, "callHearing", DESK_OFFICER, order, units=["unit_x"]) == "UNKNOWN_UNIT"
    assert await no(world, "stateViewOnOrder", DESK_OFFICER, order, **view) == "NOT_ALLOWED NOT_YOURS"
    await do(world, "callHearing", DESK_OFFICER, order, units=["unit_dept", "unit_s2"])
    waits = "{ myWork { nodes { kind subject { ... on WorkOrder { id } } } } }"
    mine = {"kind": "STATE", "subject": {"id": order.id}}
    assert mine in (await world.ask(waits, DEPARTMENT_HEAD))["myWork"]["nodes"]

    await do(world, "stateViewOnOrder", DEPARTMENT_HEAD, order, **view)
    await do(world, "stateViewOnOrder", SECTION_HEAD, order, text="路面归街道,绿化带不归")

    assert mine not in (await world.ask(waits, DEPARTMENT_HEAD))["myWork"]["nodes"]
    shown = """query($id: ID!) { workOrder(id: $id) { adjudications {
      statements { at text person unit { id } } unitsNotHeard { id }
    } } }"""
    (case,) = (await world.ask(shown, DESK_OFFICER, id=order.id))["workOrder"]["adjudications"]
    said = case["statements"][0]
    assert (said["text"], said["person"], said["unit"]) == (view["text"], DEPARTMENT_HEAD.person, {"id": "unit_dept"})
    assert datetime.fromisoformat(said["at"]) == world.now
    assert case["unitsNotHeard"] == [{"id": "unit_s2"}]
    await do(world, "ruleOrder", DESK_OFFICER, order, postId=DEPARTMENT, **RULING)
    (ruling,) = (await world.ask(HEARD, DESK_OFFICER))["rulings"]["nodes"]
    assert ruling == {"unitsHeard": [{"id": "unit_dept"}, {"id": "unit_s1"}], "unitsNotHeard": [{"id": "unit_s2"}]}
    assert await no(world, "stateViewOnOrder", DEPARTMENT_HEAD, order, **view) == "ORDER_STATE_FORBIDS"
    told = [row for row in await world.told("order") if ".hear" in row["type"]]
    assert [row["type"].split(".")[3] for row in told] == ["hearing_called", "heard", "heard"]
    assert not any(view["text"] in row["data"] for row in told)


@pytest.mark.capability("R-32")
async def test_a_ruling_is_a_precedent_that_routing_follows_until_it_is_revoked(world: World) -> None:
    ruling_id = await ruled(world, category="env", areaId="d1-s1")
    await world.directory.refresh()
    assert (await world.dispatched("report_2")).lead_post == DEPARTMENT

    answer = await world.ask(
        REVOKE, DESK_OFFICER, input={"idempotencyKey": "k", "rulingId": ruling_id, "reason": "职责已调整"}
    )
    assert answer["revokeRuling"] == {"ruling": {"standing": False}, "errors": []}
    await world.directory.refresh()
    assert (await world.dispatched("report_3")).lead_post == SECTION


async def test_a_ruling_too_wide_or_over_before_it_began_is_refused(world: World) -> None:
    order = await referred(world)
    given = {"postId": DEPARTMENT, **RULING}

    assert await no(world, "ruleOrder", DESK_OFFICER, order, **given, appliesTo={}) == "RULING_TOO_WIDE"
    past = {"category": "env", "validTo": in_(world, hours=-1)}
    assert await no(world, "ruleOrder", DESK_OFFICER, order, **given, appliesTo=past) == "RULING_NEVER_IN_FORCE"
    nowhere = {"areaId": "d9"}
    assert await no(world, "ruleOrder", DESK_OFFICER, order, **given, appliesTo=nowhere) == "UNKNOWN_AREA"
    assert await no(world, "ruleOrder", DESK_OFFICER, order, **given, unitsHeard=["unit_x"]) == "UNKNOWN_UNIT"
    assert await no(world, "ruleOrder", SECTION_HEAD, order, **given) == "NOT_ALLOWED ROLE"


@pytest.mark.capability("R-32")
async def test_what_nobody_rules_on_in_time_is_the_fallback_owners_and_stays_there(world: World) -> None:
    order = await referred(world)
    (case,) = (await seen(world, order))["adjudications"]
    assert case["fallbackPost"] == {"id": DESK}
    stored = await now_is(world, order)

    order = await tick(world, order, stored.adjudications[-1].due_at)
    await tick(world, order)

    assert (order.state, order.lead_post, order.current.binding) == (OrderState.DISPATCHED, DESK, True)
    assert await no(world, "returnOrder", DESK_OFFICER, order, basis="不属中心") == "RULING_BINDS"
    assert [
        json.loads(row["data"])["rulingId"] for row in await world.told("order") if "order.ruled" in row["type"]
    ] == [None]


async def test_a_return_may_name_a_ruling_in_force_and_no_other(world: World) -> None:
    ruling_id = await ruled(world)
    order = await world.dispatched("report_2")

    wrong = {"basis": "见裁定", "rulingId": "ruling_none"}
    assert await no(world, "returnOrder", SECTION_HEAD, order, **wrong) == "RULING_NOT_IN_FORCE"
    await do(world, "returnOrder", SECTION_HEAD, order, basis="见裁定", rulingId=ruling_id)
    assert (await now_is(world, order)).current.basis_ruling == ruling_id


async def test_a_lead_may_hand_over_which_counts_as_a_hop_and_runs_a_new_accept_clock(world: World) -> None:
    order = await world.dispatched()
    await do(world, "acceptOrder", SECTION_HEAD, order)
    world.pass_time(hours=1)

    assert await do(world, "transferOrder", SECTION_HEAD, order, postId=COMMITTEE, reason="由社区处理") == "DISPATCHED"

    shown = await seen(world, order)
    assert (shown["hops"], shown["firstTimeRight"], shown["leadUnit"]["id"]) == (1, False, "unit_c1")
    assert shown["dispatches"][0]["handedOver"] == "由社区处理"
    assert await no(world, "acceptOrder", SECTION_HEAD, order) == "NOT_ALLOWED NOT_YOURS"
    assert (await now_is(world, order)).accept_by > world.now


async def test_residents_see_no_rulings_and_other_units_see_them(world: World) -> None:
    await ruled(world)

    assert (await world.ask(LIST, RESIDENT))["rulings"]["nodes"] == []
    assert len((await world.ask(LIST, OTHER_SECTION_HEAD))["rulings"]["nodes"]) == 1

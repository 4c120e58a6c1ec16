"""Sending the nearest: the ranking and its reasons, the accept and arrive clocks, races, and how fast it went (R-07, R-08)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from strawberry.types.execution import PreExecutionError

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from services.routing.model.order.work_order import WorkOrder
from services.routing.store.deployment import DEPLOYMENTS
from services.routing.views.deployment import deployment_list
from tests.reads import reads
from tests.refusals import said
from tests.routing.district import GRID_1
from tests.routing.roster_world import SOUTH, SPOT, RosterWorld, person
from tests.routing.test_command_mode import switch
from tests.routing.test_service import opened
from tests.routing.world import DESK_OFFICER, OTHER_RESIDENT, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

RANKING = """
query($order: ID!, $skills: [String!], $sensitive: Boolean! = false) {
  nearestResponders(workOrderId: $order, skills: $skills, sensitive: $sensitive) {
    sensitive
    candidates {
      rank scoreMinutes travelMinutes skillMinutes loadMinutes callUpMinutes awayMinutes fairnessMinutes distanceM missingSkills atHome
      responder { id position { lon } }
    }
    excluded { why text responder { id } }
  }
}
"""
DEPLOYMENT = """
query($id: ID!) {
  deployment(id: $id) {
    state workOrder { id } ranking { candidates { responder { id } } excluded { why } }
    offers { answer reason responders { id } }
  }
}
"""
STATISTICS = """
query($area: ID!, $start: DateTime!, $end: DateTime!) {
  deploymentStatistics(area: $area, start: $start, end: $end) {
    sendings unanswered
    accept { count mean p50 p90 target withinTarget } arrive { count mean p50 p90 target withinTarget }
  }
}
"""


@pytest.fixture
async def roster(world: World) -> RosterWorld:
    roster = RosterWorld(world)
    await roster.load()
    return roster


@pytest.mark.capability("R-07")
async def test_the_ranking_shows_every_figure_and_why_others_are_not_sent(roster: RosterWorld) -> None:
    order = await roster.order()
    await roster.on_duty("attendant_1", 1)
    await roster.on_duty("officer_1", 4)
    await roster.on_duty("officer_2", 3)
    await roster.done(
        "responder", "setAvailability", person("volunteer_1"), responderId="volunteer_1", readiness="STANDBY"
    )

    ranking = (await roster.world.ask(RANKING, order=order.id, skills=["police", "mediation"]))["nearestResponders"]

    first, second = ranking["candidates"]
    # The officer of the other street speaks for mediation, and is nearer; being away costs less than a missing skill.
    assert [first["responder"]["id"], second["responder"]["id"]] == ["officer_2", "officer_1"]
    assert (first["missingSkills"], first["atHome"], first["awayMinutes"]) == ([], False, 2.0)
    assert (second["missingSkills"], second["skillMinutes"], second["atHome"]) == (["mediation"], 5.0, True)
    for candidate in ranking["candidates"]:
        parts = ("travelMinutes", "skillMinutes", "loadMinutes", "callUpMinutes", "awayMinutes", "fairnessMinutes")
        assert candidate["scoreMinutes"] == pytest.approx(sum(candidate[part] for part in parts))
    assert first["distanceM"] == pytest.approx(307, rel=0.01)
    reasons = {row["responder"]["id"]: (row["why"], row["text"]) for row in ranking["excluded"]}
    assert reasons == {
        "attendant_1": ("NO_SKILL", "none of the skills asked for"),
        "volunteer_1": ("STANDBY", "on standby, not called up"),
    }


@pytest.mark.capability("R-07")
async def test_the_nearest_goes_and_nobody_on_scene_is_ever_sent(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    await roster.on_duty("attendant_1", 6)
    first = await roster.send(await roster.order("report_1"))
    await roster.act("acceptDeployment", "officer_1", first["id"])
    await roster.act("departDeployment", "officer_1", first["id"])
    await roster.arrived("officer_1", first["id"])
    assert await roster.availability("officer_1") == "ON_SCENE"

    second_order = await roster.order("report_2")
    second = await roster.send(second_order)

    assert await roster.asked(second) == ["attendant_1"]
    seen = (await roster.world.ask(DEPLOYMENT, id=second["id"]))["deployment"]
    assert [row["why"] for row in seen["ranking"]["excluded"]] == ["ON_SCENE"]
    given = {"workOrderId": second_order.id, "responderId": "officer_1"}
    assert await roster.refused("deployment", "sendResponder", DESK_OFFICER, **given) == "RESPONDER_NOT_SUITABLE"


@pytest.mark.capability("R-07")
async def test_who_was_just_sent_and_who_carries_more_comes_later_at_the_same_distance(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    deployment = await roster.send(await roster.order("report_1"))
    await roster.act("acceptDeployment", "officer_1", deployment["id"])
    await roster.act("departDeployment", "officer_1", deployment["id"])
    await roster.arrived("officer_1", deployment["id"])
    await roster.act("finishDeployment", "officer_1", deployment["id"])
    await roster.on_duty("attendant_1", 1)
    roster.world.pass_time(minutes=1)
    await roster.stands("officer_1", 1)

    order = await roster.order("report_2")
    ranking = (await roster.world.ask(RANKING, order=order.id))["nearestResponders"]

    assert [row["responder"]["id"] for row in ranking["candidates"]] == ["attendant_1", "officer_1"]
    assert ranking["candidates"][1]["loadMinutes"] == 2.0
    assert 2.5 < ranking["candidates"][1]["fairnessMinutes"] < 3.0


@pytest.mark.capability("R-24")
async def test_nobody_without_a_valid_vetting_is_sent_to_a_sensitive_matter(roster: RosterWorld) -> None:
    world = roster.world
    order = await roster.order(sensitivity="restricted")
    for responder_id, east in (("officer_1", 1), ("attendant_1", 2), ("volunteer_1", 3)):
        await roster.on_duty(responder_id, east)
    for responder_id, days in (("attendant_1", 1), ("volunteer_1", 30)):
        until = (world.now + timedelta(days=days)).isoformat()
        vet = {"responderId": responder_id, "validUntil": until}
        assert await roster.refused("responder", "vetResponder", person(responder_id), **vet) == "NOT_ALLOWED ROLE"
        await roster.done("responder", "vetResponder", DESK_OFFICER, **vet)
    world.pass_time(days=2)

    ranking = (await world.ask(RANKING, order=order.id))["nearestResponders"]

    assert ranking["sensitive"] is True
    assert [row["responder"]["id"] for row in ranking["candidates"]] == ["volunteer_1"]
    assert {row["responder"]["id"]: row["why"] for row in ranking["excluded"]} == {
        "officer_1": "NOT_VETTED",
        "attendant_1": "VETTING_EXPIRED",
    }
    payload = await roster.do(
        "deployment", "sendResponder", DESK_OFFICER, "zh", workOrderId=order.id, responderId="attendant_1"
    )
    assert payload["errors"][0]["message"] == "力量 attendant_1不能派往此事项:涉敏审查已过期。"


async def test_a_dispatcher_may_ask_for_vetting_where_the_matter_does_not(roster: RosterWorld) -> None:
    order = await roster.order()
    await roster.on_duty("officer_1", 1)

    refused = await roster.refused("deployment", "sendNearest", DESK_OFFICER, workOrderId=order.id, sensitive=True)

    assert refused == "NOBODY_AVAILABLE"


@pytest.mark.capability("R-08")
async def test_silence_for_three_minutes_passes_the_matter_to_the_next(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    await roster.on_duty("attendant_1", 4)
    deployment = await roster.send(await roster.order())

    roster.world.pass_time(minutes=2, seconds=59)
    await roster.tick()
    assert await roster.availability("officer_1") == "RESERVED"
    roster.world.pass_time(seconds=1)
    await roster.tick()

    assert (await roster.availability("officer_1"), await roster.availability("attendant_1")) == ("ON_DUTY", "RESERVED")
    seen = (await roster.world.ask(DEPLOYMENT, id=deployment["id"]))["deployment"]
    assert [(offer["answer"], offer["responders"][0]["id"]) for offer in seen["offers"]] == [
        ("EXPIRED", "officer_1"),
        (None, "attendant_1"),
    ]
    assert seen["state"] == "OFFERED"
    told = [row["type"].split(".")[3] for row in await roster.world.told("dispatch")]
    assert told == ["offered", "expired", "offered"]
    gone = person("officer_1")
    assert await roster.refused("deployment", "acceptDeployment", gone, deploymentId=deployment["id"]) == "NOT_FOUND"
    lead = {"deploymentId": deployment["id"]}
    assert await roster.refused("deployment", "acceptDeployment", SECTION_HEAD, **lead) == "NOT_ALLOWED NOT_YOURS"


@pytest.mark.capability("R-08")
async def test_who_declines_says_why_and_when_nobody_is_left_a_person_must_decide(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    await roster.on_duty("attendant_1", 4)
    deployment = await roster.send(await roster.order())

    after = await roster.act("declineDeployment", "officer_1", deployment["id"], reason="车辆故障")
    assert await roster.asked(after) == ["officer_1", "attendant_1"]
    assert after["offers"][0]["reason"] == "车辆故障"
    after = await roster.act("declineDeployment", "attendant_1", deployment["id"], reason="正在处理突发")

    assert after["state"] == "UNANSWERED"
    told = [row["type"].split(".")[3] for row in await roster.world.told("dispatch")]
    assert told == ["offered", "declined", "offered", "declined", "unanswered"]
    assert await roster.availability("attendant_1") == "ON_DUTY"


async def test_who_became_busy_since_the_ranking_is_skipped(roster: RosterWorld) -> None:
    for responder_id, east in (("officer_1", 1), ("officer_2", 2), ("attendant_1", 5)):
        await roster.on_duty(responder_id, east)
    deployment = await roster.send(await roster.order("report_1"))
    given = {"workOrderId": (await roster.order("report_2")).id, "responderId": "officer_2"}
    await roster.done("deployment", "sendResponder", DESK_OFFICER, **given)

    after = await roster.act("declineDeployment", "officer_1", deployment["id"], reason="车辆故障")

    assert await roster.asked(after) == ["officer_1", "attendant_1"]


@pytest.mark.capability("R-08")
async def test_the_check_in_says_where_how_exactly_and_how_far_from_the_matter(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    deployment = await roster.send(await roster.order())
    roster.world.pass_time(seconds=50)
    accepted = await roster.act("acceptDeployment", "officer_1", deployment["id"])
    await roster.act("departDeployment", "officer_1", deployment["id"])
    roster.world.pass_time(minutes=5)

    where = {"lon": SPOT.lon + 0.001, "lat": SOUTH, "accuracyM": 8}
    wrong = {**where, "lat": 91, "deploymentId": deployment["id"]}
    assert await roster.refused("deployment", "arriveDeployment", person("officer_1"), **wrong) == "POSITION_INVALID"
    arrived = await roster.act("arriveDeployment", "officer_1", deployment["id"], **where)

    assert (accepted["acceptSeconds"], arrived["arriveSeconds"], arrived["delayed"]) == (50, 350, False)
    assert arrived["arrival"]["position"]["accuracyM"] == 8
    assert arrived["arrival"]["distanceM"] == pytest.approx(102, rel=0.01)
    finished = await roster.act("finishDeployment", "officer_1", deployment["id"])
    assert (finished["state"], await roster.availability("officer_1")) == ("DONE", "ON_DUTY")


STATE = """query($id: ID!) { workOrder(id: $id) { state dispatches { departedAt checkIn { person lon lat accuracy } }
  clocks { kind kept } } }"""


@pytest.mark.capability("R-08")
async def test_an_order_goes_with_who_is_sent_and_its_arrive_clock_stops_when_they_are_there(
    roster: RosterWorld,
) -> None:
    await roster.on_duty("officer_1", 1)
    order = await roster.order()
    await roster.world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id)
    deployment = await roster.send(order)
    assert (await roster.world.ask(STATE, id=order.id))["workOrder"]["state"] == "ACCEPTED"

    await roster.act("acceptDeployment", "officer_1", deployment["id"])
    assert (await roster.world.ask(STATE, id=order.id))["workOrder"]["state"] == "EN_ROUTE"
    roster.world.pass_time(minutes=5)
    await roster.arrived("officer_1", deployment["id"])

    seen = (await roster.world.ask(STATE, id=order.id))["workOrder"]
    assert seen["state"] == "ON_SCENE"
    who = {"person": "person_officer_1", "lon": SPOT.lon, "lat": SOUTH, "accuracy": 8.0}
    assert seen["dispatches"][0]["checkIn"] == who
    assert {"kind": "ARRIVE", "kept": True} in seen["clocks"]
    assert (await roster.world.names_told())[-3:] == ["order.accepted", "order.departed", "order.checked_in"]
    assert await roster.world.done("startOrder", SECTION_HEAD, workOrderId=order.id) == "WORKING"


async def test_who_is_sent_before_the_lead_has_accepted_leaves_it_the_choice_to_return(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    order = await roster.order()
    deployment = await roster.send(order)
    await roster.act("acceptDeployment", "officer_1", deployment["id"])
    await roster.arrived("officer_1", deployment["id"])

    assert (await roster.world.ask(STATE, id=order.id))["workOrder"]["state"] == "DISPATCHED"
    assert await roster.world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id) == "ON_SCENE"


@pytest.mark.capability("R-08")
async def test_an_order_turns_back_with_who_is_called_back(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    order = await roster.order(mode="routine")
    await roster.world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id)
    deployment = await roster.send(order)
    await roster.act("acceptDeployment", "officer_1", deployment["id"])

    given = {"deploymentId": deployment["id"], "reason": "车辆故障"}
    await roster.done("deployment", "standDownDeployment", DESK_OFFICER, **given)

    assert (await roster.world.ask(STATE, id=order.id))["workOrder"]["state"] == "ACCEPTED"
    assert (await roster.world.names_told())[-2:] == ["order.departed", "order.turned_back"]


@pytest.mark.capability("R-08")
async def test_everybody_who_was_sent_is_free_again_when_the_order_is_closed(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    order = await roster.order(mode="routine")
    deployment = await roster.send(order)
    await roster.act("acceptDeployment", "officer_1", deployment["id"])
    await roster.arrived("officer_1", deployment["id"])
    lead = {"workOrderId": order.id}
    await roster.world.done("acceptOrder", SECTION_HEAD, **lead)
    await roster.world.done("startOrder", SECTION_HEAD, **lead)
    evidence = [{"kind": "PHOTO", "ref": "https://files.example/1.jpg"}]
    await roster.world.done("submitOrder", SECTION_HEAD, **lead, reply="已处置", evidence=evidence)
    await roster.world.done("verifyOrder", DESK_OFFICER, **lead, disposition="SOLVED", reason="属实")
    assert await roster.availability("officer_1") == "ON_SCENE"

    await roster.world.confirm()

    assert await roster.availability("officer_1") == "ON_DUTY"
    seen = (await roster.world.ask(DEPLOYMENT, id=deployment["id"]))["deployment"]
    assert seen["state"] == "STOOD_DOWN"


@pytest.mark.capability("R-08")
async def test_who_is_sent_has_as_long_as_the_policy_gives_for_the_matter_and_its_mode(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    await roster.on_duty("attendant_1", 2)
    document = "query($id: ID!) { deployment(id: $id) { arriveBy offers { at acceptBy } } }"

    async def given(report_id: str, responder_id: str, **facts: Any) -> list[timedelta | None]:
        sent = await roster.send(await roster.order(report_id, **facts))
        await roster.act("acceptDeployment", responder_id, sent["id"])
        seen = (await roster.world.ask(document, id=sent["id"]))["deployment"]
        start, accept = (datetime.fromisoformat(seen["offers"][0][field]) for field in ("at", "acceptBy"))
        return [accept - start, datetime.fromisoformat(seen["arriveBy"]) - start if seen["arriveBy"] else None]

    assert await given("report_1", "officer_1") == [timedelta(minutes=3), timedelta(minutes=10)]
    # The routing rule of the district gives half an hour; nothing in the policy asks anybody to go out.
    assert await given("report_2", "attendant_1", mode="routine") == [timedelta(minutes=30), None]


@pytest.mark.capability("R-08")
async def test_a_late_arrival_is_told_once(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    deployment = await roster.send(await roster.order())
    await roster.act("acceptDeployment", "officer_1", deployment["id"])
    roster.world.pass_time(minutes=10)
    await roster.tick()
    await roster.act("departDeployment", "officer_1", deployment["id"])
    roster.world.pass_time(minutes=10)
    await roster.tick()

    arrived = await roster.arrived("officer_1", deployment["id"])

    assert arrived["delayed"] is True
    told = [row["type"].split(".")[3] for row in await roster.world.told("dispatch")]
    assert told == ["offered", "accepted", "delayed", "departed", "arrived"]


async def test_calling_back_frees_who_was_sent(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    deployment = await roster.send(await roster.order())
    await roster.act("acceptDeployment", "officer_1", deployment["id"])

    given = {"deploymentId": deployment["id"], "reason": "诉求人已自行解决"}
    assert await roster.refused("deployment", "standDownDeployment", OTHER_RESIDENT, **given) == "NOT_FOUND"
    after = await roster.done("deployment", "standDownDeployment", DESK_OFFICER, **given)

    assert (after["state"], after["responders"]) == ("STOOD_DOWN", [])
    assert await roster.availability("officer_1") == "ON_DUTY"


@pytest.mark.capability("R-07")
async def test_two_dispatchers_at_once_never_send_the_same_responder(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    await roster.on_duty("attendant_1", 4)
    orders = [await roster.order(f"report_{number}") for number in range(3)]

    payloads = await asyncio.gather(
        *(roster.do("deployment", "sendNearest", DESK_OFFICER, workOrderId=order.id) for order in orders)
    )

    asked = [await roster.asked(payload["deployment"]) for payload in payloads if payload["deployment"]]
    codes = [said(error) for payload in payloads for error in payload["errors"]]
    assert sorted(asked) == [["attendant_1"], ["officer_1"]]
    assert codes == ["NOBODY_AVAILABLE"]
    held = await roster.world.mongo[DEPLOYMENTS.collection.name].distinct("holds", {"active": True})
    assert sorted(held) == ["attendant_1", "officer_1"]


async def test_two_dispatchers_name_the_same_responder_at_once(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    orders = [await roster.order(f"report_{number}") for number in range(2)]

    payloads = await asyncio.gather(
        *(
            roster.do("deployment", "sendResponder", DESK_OFFICER, workOrderId=order.id, responderId="officer_1")
            for order in orders
        )
    )

    assert [said(error) for payload in payloads for error in payload["errors"]] == ["RESPONDER_NOT_SUITABLE"]


async def test_a_repeated_sending_is_the_same_deployment(roster: RosterWorld) -> None:
    order = await roster.order()
    await roster.on_duty("officer_1", 1)
    await roster.on_duty("attendant_1", 4)
    key = new_id("key")

    first = await roster.send(order, idempotencyKey=key)
    again = await roster.send(order, idempotencyKey=key)

    assert first["id"] == again["id"]
    assert await roster.availability("attendant_1") == "ON_DUTY"


@pytest.mark.capability("R-08")
async def test_mean_and_p90_of_accepting_and_arriving_stand_beside_their_targets(roster: RosterWorld) -> None:
    start = roster.world.now
    await roster.on_duty("officer_1", 1)
    for number, (accept, arrive) in enumerate([(30, 100), (60, 200), (90, 1500)]):
        deployment = await roster.send(await roster.order(f"report_{number}"))
        roster.world.pass_time(seconds=accept)
        await roster.act("acceptDeployment", "officer_1", deployment["id"])
        roster.world.pass_time(seconds=arrive - accept)
        await roster.arrived("officer_1", deployment["id"])
        await roster.act("finishDeployment", "officer_1", deployment["id"])
    unanswered = await roster.send(await roster.order("report_9"))
    await roster.act("declineDeployment", "officer_1", unanswered["id"], reason="换班")
    period: dict[str, Any] = {
        "area": GRID_1[1],
        "start": start.isoformat(),
        "end": (roster.world.now + timedelta(1)).isoformat(),
    }

    found = (await roster.world.ask(STATISTICS, **period))["deploymentStatistics"]

    assert found == {
        "sendings": 4,
        "unanswered": 1,
        "accept": {"count": 3, "mean": 60.0, "p50": 60, "p90": 90, "target": 180, "withinTarget": True},
        "arrive": {"count": 3, "mean": 600.0, "p50": 200, "p90": 1500, "target": 600, "withinTarget": True},
    }
    _, errors = await roster.world.ask_raw(STATISTICS, SECTION_HEAD, **period)
    assert said(errors[0]["extensions"]) == "NOT_ALLOWED ROLE"
    _, errors = await roster.world.ask_raw(STATISTICS, STREET_2_CENTRE, **period)
    assert said(errors[0]["extensions"]) == "NOT_ALLOWED ROLE"


async def test_a_matter_without_a_point_counts_as_in_the_middle_of_its_grid(roster: RosterWorld) -> None:
    order = await roster.world.dispatched()
    await roster.on_duty("officer_1")

    ranking = (await roster.world.ask(RANKING, order=order.id))["nearestResponders"]

    (candidate,) = ranking["candidates"]
    assert candidate["distanceM"] == pytest.approx(0, abs=1)


async def test_only_those_concerned_see_a_deployment(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    deployment = await roster.send(await roster.order())

    async def sees(caller: Caller) -> bool:
        return bool((await roster.world.ask(DEPLOYMENT, caller, id=deployment["id"]))["deployment"])

    assert [await sees(caller) for caller in (DESK_OFFICER, SECTION_HEAD, person("officer_1"))] == [True] * 3
    assert [await sees(caller) for caller in (STREET_2_CENTRE, OTHER_RESIDENT, person("officer_2"))] == [False] * 3
    given = {"workOrderId": (await roster.world.order()).id}
    assert await roster.refused("deployment", "sendNearest", SECTION_HEAD, **given) == "NOT_ALLOWED ROLE"
    assert await roster.refused("deployment", "sendNearest", STREET_2_CENTRE, **given) == "NOT_FOUND"


@pytest.mark.capability("R-08")
async def test_who_is_asked_is_called_back_when_the_order_ends(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    await roster.on_duty("attendant_1", 4)
    order = await roster.order()
    deployment = await roster.send(order)
    await roster.world.done("recallOrder", DESK_OFFICER, workOrderId=order.id, reason="重复")
    assert (
        await roster.refused("deployment", "sendNearest", DESK_OFFICER, workOrderId=order.id) == "ORDER_ALREADY_ENDED"
    )

    seen = (await roster.world.ask(DEPLOYMENT, id=deployment["id"]))["deployment"]
    assert (seen["state"], len(seen["offers"])) == ("STOOD_DOWN", 1)
    assert await roster.availability("officer_1") == "ON_DUTY"


@pytest.mark.capability("R-30")
async def test_in_an_emergency_who_stands_by_is_called_up_and_in_peacetime_not(roster: RosterWorld) -> None:
    stand_by = {"responderId": "volunteer_1", "readiness": "STANDBY"}
    await roster.done("responder", "setAvailability", person("volunteer_1"), **stand_by)
    order = await roster.order(mode="routine")
    assert await roster.refused("deployment", "sendNearest", DESK_OFFICER, workOrderId=order.id) == "NOBODY_AVAILABLE"

    await switch(roster.world, "EMERGENCY")
    ranking = (await roster.world.ask(RANKING, order=order.id))["nearestResponders"]
    deployment = await roster.send(order)

    assert ranking["candidates"][0]["callUpMinutes"] == 5.0
    assert await roster.asked(deployment) == ["volunteer_1"]


async def test_an_order_shows_who_was_sent_to_it(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    order = await roster.order()
    deployment = await roster.send(order)
    document = "query($id: ID!) { workOrder(id: $id) { deployments { id } } }"

    async def sent(caller: Caller) -> Any:
        return (await roster.world.ask(document, caller, id=order.id))["workOrder"]["deployments"]

    assert await sent(SECTION_HEAD) == [{"id": deployment["id"]}]
    assert await sent(RESIDENT) == []


async def test_a_screen_asks_no_more_of_the_database_however_much_stands_on_it(roster: RosterWorld) -> None:
    counts = "{ centreBoard { counts { queue count } } }"
    queue = """{ centreBoard { orders(queue: INCOMING) { nodes {
      leadPost { title } area { name } call { id } escalations { id } supervisions { id } departmentSteps { id }
      meetings { id } deployments { id responders { id } }
    } } } }"""
    sendings = "{ deployments { nodes { responders { id } workOrder { number } } } }"

    async def sent(order: WorkOrder, responder: str) -> None:
        await roster.on_duty(responder, 1)
        await roster.send(order)

    async def asked() -> list[list[str]]:
        screen = []
        for document in (counts, queue, sendings):
            async with reads(roster.world.mongo) as found:
                await roster.world.ask(document)
            screen.append(sorted(read["collection"] for read in found))
        return screen

    first, second = await roster.order("report_1"), await roster.order("report_2")
    await sent(first, "officer_1")
    little = await asked()
    await sent(first, "officer_2")
    await sent(second, "attendant_1")

    assert await asked() == little
    assert little[0] == ["work_orders"]
    assert [little[1].count(one) for one in ("work_orders", "deployments", "escalations")] == [1, 1, 1]


@pytest.mark.capability("R-08")
async def test_a_map_follows_the_deployments_its_viewer_may_see(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    order = await roster.order()

    async def watch(caller: Caller) -> AsyncIterator[Any]:
        context = Context(caller, "en", roster.world.store, roster.world.directory, roster.world.service.live)
        document = "subscription { deploymentChanged { state responders { id } } }"
        result = await schema.subscribe(document, context_value=context)
        assert not isinstance(result, PreExecutionError)
        async for item in result:
            assert item.data, item.errors
            yield item.data["deploymentChanged"]

    centre, stranger = await opened(roster.world, watch(DESK_OFFICER), watch(STREET_2_CENTRE))
    await roster.send(order)

    async with asyncio.timeout(20):
        assert await centre == {"state": "OFFERED", "responders": [{"id": "officer_1"}]}
    assert not stranger.done()
    stranger.cancel()


@pytest.mark.parametrize("caller", [DESK_OFFICER, person("officer_1")])
@pytest.mark.parametrize("area", [None, "d1-s1"])
async def test_an_index_answers_every_list(roster: RosterWorld, caller: Caller, area: str | None) -> None:
    await roster.on_duty("officer_1", 1)
    await roster.send(await roster.order())  # paths make an index multikey, and its plans others
    where = deployment_list(caller, "officer_1", area, active=None)
    query = roster.world.mongo[DEPLOYMENTS.collection.name].find(where).sort([("dispatched_at", -1), ("_id", -1)])

    plan = str((await query.explain())["queryPlanner"]["winningPlan"])

    assert "COLLSCAN" not in plan
    assert "'SORT'" not in plan

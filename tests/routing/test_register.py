"""The register of responders: who registers, hours against a target, positions, and what may be seen (R-23, R-24, R-42)."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.store.responder import REGISTER
from services.routing.views.responder import RESPONDERS, register_list
from tests.refusals import said
from tests.routing import district
from tests.routing.roster_world import SOUTH, SPOT, RosterWorld, person, responders
from tests.routing.world import ATTENDANT, DESK_OFFICER, OTHER_RESIDENT, RESIDENT, STREET_2_CENTRE, World

NEAR = """
query($near: NearInput!, $skill: String, $available: Boolean! = true) {
  respondersNear(near: $near, skill: $skill, available: $available) { id availability position { accuracyM } }
}
"""
LIST = """
query($filter: ResponderFilter, $first: Int!, $after: String) {
  responders(filter: $filter, first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}
"""
ONE = "query($id: ID!) { responder(id: $id) { id name position { lon } vettedUntil service { hours } } }"
FEEDBACK = """
query($employer: String!, $year: Int!) {
  employerFeedback(employer: $employer, year: $year) {
    responder { name } service { hours duties targetHours } targetReached
  }
}
"""
HOME = "d1-s1-c1"


@pytest.fixture
async def roster(world: World) -> RosterWorld:
    roster = RosterWorld(world)
    await roster.load()
    return roster


@pytest.mark.capability("R-24")
async def test_a_resident_registers_as_a_volunteer_and_works_hours(roster: RosterWorld) -> None:
    given = {"kind": "VOLUNTEER", "name": "李四", "personId": RESIDENT.person, "homeAreaId": HOME, "skills": ["visit"]}
    entry = await roster.done("responder", "registerResponder", RESIDENT, **given)
    assert (entry["kind"], entry["availability"]) == ("volunteer", "OFF")

    for minutes in (90, 45):
        book = {"responderId": entry["id"], "minutes": minutes, "at": roster.world.now.isoformat()}
        entry = await roster.done("responder", "recordService", DESK_OFFICER, **book)

    assert entry["service"] == {"year": 2026, "hours": 2.25, "duties": 2, "targetHours": 0}
    own = {"responderId": entry["id"], "minutes": 60, "at": roster.world.now.isoformat()}
    assert await roster.refused("responder", "recordService", RESIDENT, **own) == "NOT_ALLOWED ROLE"
    told = [row["type"].split(".")[3] for row in await roster.world.told("responder")][-3:]
    assert told == ["enrolled", "served", "served"]


@pytest.mark.capability("R-24")
async def test_nobody_registers_twice_or_for_others(roster: RosterWorld) -> None:
    given = {"kind": "VOLUNTEER", "name": "李四", "personId": RESIDENT.person, "homeAreaId": HOME}
    await roster.done("responder", "registerResponder", RESIDENT, **given)

    assert await roster.refused("responder", "registerResponder", RESIDENT, **given) == "ALREADY_REGISTERED"
    assert await roster.refused("responder", "registerResponder", OTHER_RESIDENT, **given) == "NOT_ALLOWED ROLE"
    nowhere = {**given, "homeAreaId": "d9", "personId": OTHER_RESIDENT.person}
    assert await roster.refused("responder", "registerResponder", OTHER_RESIDENT, **nowhere) == "UNKNOWN_AREA"


@pytest.mark.capability("R-23")
async def test_an_employer_is_told_what_its_reservists_did_against_their_target(roster: RosterWorld) -> None:
    given: dict[str, Any] = {"kind": "RESERVIST", "homeAreaId": HOME, "yearlyHours": 2}
    assert (
        await roster.refused("responder", "registerResponder", DESK_OFFICER, name="王五", **given) == "EMPLOYER_MISSING"
    )
    for number, (name, minutes) in enumerate([("王五", 150), ("赵六", 60)]):
        entry = await roster.done(
            *("responder", "registerResponder", DESK_OFFICER),
            **{**given, "name": name, "personId": f"person_reservist_{number}", "employer": "区供电局"},
        )
        book = {"responderId": entry["id"], "minutes": minutes, "at": roster.world.now.isoformat()}
        await roster.done("responder", "recordService", DESK_OFFICER, **book)

    rows = (await roster.world.ask(FEEDBACK, employer="区供电局", year=2026))["employerFeedback"]

    assert [(row["responder"]["name"], row["service"]["hours"], row["targetReached"]) for row in rows] == [
        ("王五", 2.5, True),
        ("赵六", 1.0, False),
    ]
    assert (await roster.world.ask(FEEDBACK, STREET_2_CENTRE, employer="区供电局", year=2026))["employerFeedback"] == []


@pytest.mark.capability("R-42")
async def test_a_partner_organisation_stands_in_the_same_register_and_is_sent_like_anybody(roster: RosterWorld) -> None:
    given = {"kind": "PARTNER", "name": "某物业公司", "homeAreaId": HOME, "skills": ["flood"]}
    entry = await roster.done("responder", "registerResponder", DESK_OFFICER, **given)
    await roster.done("responder", "setAvailability", DESK_OFFICER, responderId=entry["id"], readiness="ON_DUTY")

    deployment = await roster.send(await roster.order(), skills=["flood"])

    assert await roster.asked(deployment) == [entry["id"]]


async def test_duty_on_the_spot_counts_for_the_year(roster: RosterWorld) -> None:
    await roster.on_duty("volunteer_1", 1)
    deployment = await roster.send(await roster.order())
    await roster.act("acceptDeployment", "volunteer_1", deployment["id"])
    await roster.arrived("volunteer_1", deployment["id"])
    roster.world.pass_time(minutes=90)
    await roster.act("finishDeployment", "volunteer_1", deployment["id"])

    seen = (await roster.world.ask(ONE, person("volunteer_1"), id="volunteer_1"))["responder"]

    assert seen["service"]["hours"] == 1.5


@pytest.mark.capability("R-08")
async def test_who_is_near_is_found_by_the_last_position_nearest_first(roster: RosterWorld) -> None:
    for responder_id, east in (("officer_1", 5), ("officer_2", 2), ("attendant_1", 1)):
        await roster.on_duty(responder_id, east)
    await roster.send(await roster.order())
    near = {"lon": SPOT.lon, "lat": SOUTH, "withinM": 400}

    async def found(**given: Any) -> list[str]:
        rows = (await roster.world.ask(NEAR, **given))["respondersNear"]
        return [row["id"] for row in rows]

    assert await found(near=near) == ["officer_2"]
    assert await found(near=near, available=False) == ["attendant_1", "officer_2"]
    wide = {**near, "withinM": 2000}
    assert await found(near=wide, skill="police") == ["officer_2", "officer_1"]
    plan = (
        await roster.world.mongo[RESPONDERS]
        .find({"place": {"$nearSphere": {"$geometry": {"type": "Point", "coordinates": [SPOT.lon, SOUTH]}}}})
        .explain()
    )
    assert "GEO_NEAR_2DSPHERE" in str(plan["queryPlanner"]["winningPlan"])


async def test_off_duty_nobody_is_followed(roster: RosterWorld) -> None:
    at = {"lon": SPOT.lon, "lat": SOUTH, "accuracyM": 5, "at": roster.world.now.isoformat()}
    officer = person("officer_1")
    assert (
        await roster.refused("responder", "reportPosition", officer, responderId="officer_1", **at)
        == "RESPONDER_STATE_FORBIDS"
    )
    await roster.on_duty("officer_1", 1)
    again = {**at, "at": (roster.world.now - timedelta(minutes=1)).isoformat()}
    assert (
        await roster.refused("responder", "reportPosition", officer, responderId="officer_1", **again)
        == "POSITION_OUTDATED"
    )
    off = await roster.done("responder", "setAvailability", officer, responderId="officer_1", readiness="OFF")
    assert off["position"] is None
    (moved,) = [row for row in await roster.world.told("responder") if row["type"].endswith(".moved.v1")]
    assert "lon" not in moved["data"]


async def test_positions_and_vetting_are_for_the_person_and_the_command_centre(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)

    async def seen(caller: Any) -> Any:
        return (await roster.world.ask(ONE, caller, id="officer_1"))["responder"]

    assert (await seen(DESK_OFFICER))["position"]
    assert (await seen(person("officer_1")))["position"]
    assert (await seen(ATTENDANT))["position"] is None
    assert [await seen(caller) for caller in (OTHER_RESIDENT, STREET_2_CENTRE, person("officer_2"))] == [None] * 3


async def test_a_list_goes_on_where_a_page_ended_and_an_index_answers_it(roster: RosterWorld) -> None:
    first = (await roster.world.ask(LIST, first=3))["responders"]
    cursor = first["pageInfo"]["endCursor"]
    second = (await roster.world.ask(LIST, first=3, after=cursor))["responders"]
    officers = (await roster.world.ask(LIST, first=10, filter={"kind": "officer", "area": "d1-s1"}))["responders"]

    assert [row["id"] for row in first["nodes"] + second["nodes"]] == [
        *("attendant_1", "officer_1", "officer_2", "volunteer_1"),
    ]
    assert [row["id"] for row in officers["nodes"]] == ["officer_1"]
    where = register_list(DESK_OFFICER, area="d1-s1", kind="officer", availability=None, skill=None)
    plan = await roster.world.mongo[RESPONDERS].find(where).sort("_id", 1).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    _, errors = await roster.world.ask_raw(LIST, RESIDENT, first=3)
    assert said(errors[0]["extensions"]) == "NOT_ALLOWED ROLE"


async def test_loading_again_revises_and_retires_but_leaves_who_registered(roster: RosterWorld) -> None:
    world = roster.world
    given = {"kind": "VOLUNTEER", "name": "李四", "personId": RESIDENT.person, "homeAreaId": HOME}
    own = await roster.done("responder", "registerResponder", RESIDENT, **given)
    await roster.on_duty("officer_1", 1)
    values = district.raw()
    values["responders"] = [row for row in responders() if row["id"] != "officer_2"]
    values["responders"][0]["skills"] = ["fire"]
    values["people"] += [{"id": row["person_id"], "name": row["name"]} for row in responders()]
    before = len(await world.told("responder"))

    await load_organisation(world.store, district.organisation(values))

    rows = {row["_id"]: row async for row in world.mongo[REGISTER.collection.name].find({})}
    assert rows["officer_2"]["retired"] is True
    assert rows["attendant_1"]["skills"] == ["fire"]
    assert rows["officer_1"]["availability"] == "on_duty"
    assert rows[own["id"]]["retired"] is False
    told = [row["type"].split(".")[3] for row in (await world.told("responder"))[before:]]
    assert sorted(told) == ["enrolled", "retired"]

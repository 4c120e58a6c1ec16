"""Teams: templates and who fills them, surge teams, patrols, and sending a whole team (R-21, R-22, R-24, R-35)."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.routing.model.dispatch.response_team import TRANSITIONS, Act, Team, TeamKind, TeamState, TeamTemplate
from services.routing.store.response_team import TEAMS
from tests.refusals import said
from tests.routing.district import GRID_1
from tests.routing.roster_world import RosterWorld, person
from tests.routing.test_responder_model import NOW, a_responder
from tests.routing.world import (
    ATTENDANT,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

TRIO = [{"role": "first_aid", "count": 1}, {"role": "police", "count": 1}, {"role": "volunteer", "count": 1}]
TEAMS_OF = "query($state: TeamState) { teams(state: $state) { nodes { id name state } } }"
PATROL = """
{ teams { nodes { patrol { timesADay route { area { id } roundsLeftToday } log { areaId findings note personId } } } } }
"""


@pytest.fixture
async def roster(world: World) -> RosterWorld:
    roster = RosterWorld(world)
    await roster.load()
    return roster


async def raised(roster: RosterWorld, roles: list[dict[str, Any]], kind: str = "COMPOSITE") -> str:
    """A team with these roles and nobody in it."""
    template = await roster.done(
        *("teamTemplate", "defineTeamTemplate", DESK_OFFICER), name="三人组", nameEn="Trio", roles=roles
    )
    given = {"templateId": template["id"], "kind": kind, "name": "一号队", "areaId": "d1-s1"}
    return str((await roster.done("team", "raiseTeam", SECTION_HEAD, **given))["id"])


async def staffed(roster: RosterWorld, *responder_ids: str, roles: list[dict[str, Any]], kind: str) -> str:
    """A team with these people in it."""
    team_id = await raised(roster, roles, kind)
    await roster.done("team", "staffTeam", SECTION_HEAD, teamId=team_id, responderIds=list(responder_ids))
    return team_id


async def a_second_aider(roster: RosterWorld) -> str:
    """One who could be the aider or the volunteer."""
    given = {"kind": "VOLUNTEER", "name": "李四", "personId": RESIDENT.person, "homeAreaId": "d1-s1-c1"}
    entry = await roster.done("responder", "registerResponder", RESIDENT, **given)
    return str(entry["id"])


@pytest.mark.capability("R-21")
async def test_a_team_is_formed_only_when_every_role_is_filled(roster: RosterWorld) -> None:
    team_id = await raised(roster, TRIO)
    volunteer = await a_second_aider(roster)

    async def staff(*ids: str) -> Any:
        return await roster.do("team", "staffTeam", SECTION_HEAD, teamId=team_id, responderIds=list(ids))

    lacking = (await staff("officer_1", "volunteer_1"))["errors"][0]
    assert (lacking["code"], lacking["path"]) == ("TEAM_INCOMPLETE", ["responderIds"])
    assert "volunteer 1" in lacking["message"]
    wrong = (await staff("attendant_1", "officer_1", "volunteer_1", volunteer))["errors"][0]
    assert wrong["code"] == "TEAM_MEMBER_WITHOUT_ROLE"
    assert "attendant_1" in wrong["message"]

    # The volunteer who knows first aid takes that role, because nobody else can.
    team = (await staff("volunteer_1", "officer_1", volunteer))["team"]

    assert team["state"] == "STAFFED"
    assert {row["responder"]["id"]: row["role"] for row in team["members"]} == {
        "volunteer_1": "first_aid",
        "officer_1": "police",
        volunteer: "volunteer",
    }


@pytest.mark.capability("R-21")
async def test_nobody_is_in_two_teams_at_once_even_when_both_ask_together(roster: RosterWorld) -> None:
    teams = [await raised(roster, [{"role": "police", "count": 1}]) for _ in range(2)]

    payloads = await asyncio.gather(
        *(roster.do("team", "staffTeam", SECTION_HEAD, teamId=team_id, responderIds=["officer_1"]) for team_id in teams)
    )

    assert [said(error) for payload in payloads for error in payload["errors"]] == ["IN_ANOTHER_TEAM"]


@pytest.mark.capability("R-22")
async def test_a_surge_team_is_raised_staffed_deployed_and_stood_down(roster: RosterWorld) -> None:
    roles = [{"role": "police", "count": 2}]
    team_id = await raised(roster, roles, "SURGE")
    early = {"teamId": team_id, "areaId": "d1-s1-c1"}
    assert await roster.refused("team", "deployTeam", SECTION_HEAD, **early) == "TEAM_STATE_FORBIDS"

    people = {"teamId": team_id, "responderIds": ["officer_1", "officer_2"]}
    await roster.done("team", "staffTeam", SECTION_HEAD, **people)
    deployed = await roster.done("team", "deployTeam", DESK_OFFICER, **early)
    assert (deployed["state"], deployed["deployedTo"]["id"]) == ("DEPLOYED", "d1-s1-c1")
    after = await roster.done("team", "standDownTeam", SECTION_HEAD, teamId=team_id, reason="险情解除")

    assert after["state"] == "STOOD_DOWN"
    told = [row["type"].split(".")[3] for row in await roster.world.told("team")]
    assert told == ["raised", "staffed", "deployed", "stood_down"]
    again = await staffed(roster, "officer_1", "officer_2", roles=roles, kind="SURGE")
    listed = (await roster.world.ask(TEAMS_OF, SECTION_HEAD, state="STAFFED"))["teams"]["nodes"]
    assert [row["id"] for row in listed] == [again]


@pytest.mark.capability("R-35")
async def test_a_squad_of_one_officer_and_two_auxiliaries_walks_its_route(roster: RosterWorld) -> None:
    roles = [{"role": "officer", "count": 1}, {"role": "auxiliary", "count": 2}]
    helpers = []
    for number in range(2):
        given: dict[str, Any] = {
            "kind": "VOLUNTEER",
            "name": f"辅助{number}",
            "personId": f"person_aux_{number}",
            "skills": ["auxiliary"],
        }
        entry = await roster.done("responder", "registerResponder", DESK_OFFICER, homeAreaId="d1-s1-c1", **given)
        helpers.append(entry["id"])
    assert (
        await roster.refused(
            *("team", "staffTeam", SECTION_HEAD),
            teamId=await raised(roster, roles, "PATROL"),
            responderIds=["officer_1", helpers[0]],
        )
        == "TEAM_INCOMPLETE"
    )
    team_id = await staffed(roster, "officer_1", *helpers, roles=roles, kind="PATROL")
    route = {"teamId": team_id, "route": [GRID_1[-1], "d1-s1-c1-g2"], "timesADay": 2}
    await roster.done("team", "planPatrol", SECTION_HEAD, **route)
    walk = {"teamId": team_id, "areaId": GRID_1[-1]}
    await roster.done("team", "logPatrol", person("aux_0"), **walk, findings=2, note="消防通道堵塞")

    (team,) = (await roster.world.ask(PATROL, person("officer_1")))["teams"]["nodes"]

    assert [(stop["area"]["id"], stop["roundsLeftToday"]) for stop in team["patrol"]["route"]] == [
        (GRID_1[-1], 1),
        ("d1-s1-c1-g2", 2),
    ]
    assert team["patrol"]["log"] == [
        {"areaId": GRID_1[-1], "findings": 2, "note": "消防通道堵塞", "personId": "person_aux_0"}
    ]
    elsewhere = {"teamId": team_id, "areaId": "d1-s2"}
    assert await roster.refused("team", "logPatrol", person("officer_1"), **elsewhere) == "NO_PATROL_PLAN"
    assert await roster.refused("team", "logPatrol", person("officer_2"), **walk) == "NOT_FOUND"
    assert await roster.refused("team", "planPatrol", SECTION_HEAD, **{**route, "timesADay": 0}) == (
        "PATROL_PLAN_INVALID"
    )
    told = (await roster.world.told("team"))[-1]
    assert "消防" not in told["data"]


@pytest.mark.capability("R-24")
async def test_a_team_of_volunteers_is_sent_as_a_whole_or_not_at_all(roster: RosterWorld) -> None:
    volunteer = await a_second_aider(roster)
    roles = [{"role": "volunteer", "count": 2}]
    team_id = await staffed(roster, "volunteer_1", volunteer, roles=roles, kind="VOLUNTEER")
    await roster.on_duty("volunteer_1", 1)
    order = await roster.order()
    send = {"workOrderId": order.id, "teamId": team_id}
    assert await roster.refused("deployment", "sendTeam", DESK_OFFICER, **send) == "RESPONDER_NOT_SUITABLE"
    assert await roster.availability("volunteer_1") == "ON_DUTY"
    await roster.done("responder", "setAvailability", RESIDENT, responderId=volunteer, readiness="ON_DUTY")

    deployment = await roster.done("deployment", "sendTeam", DESK_OFFICER, **send)

    assert sorted(row["id"] for row in deployment["responders"]) == sorted(["volunteer_1", volunteer])
    await roster.done("deployment", "acceptDeployment", RESIDENT, deploymentId=deployment["id"])
    await roster.arrived("volunteer_1", deployment["id"])
    assert [await roster.availability(one) for one in ("volunteer_1", volunteer)] == ["ON_SCENE", "ON_SCENE"]


async def test_teams_are_for_their_unit_and_the_centre(roster: RosterWorld) -> None:
    team_id = await raised(roster, TRIO)
    down = {"teamId": team_id, "reason": "误建"}

    assert await roster.refused("team", "standDownTeam", OTHER_SECTION_HEAD, **down) == "NOT_FOUND"
    assert await roster.refused("team", "standDownTeam", STREET_2_CENTRE, **down) == "NOT_FOUND"
    assert await roster.refused("team", "standDownTeam", ATTENDANT, **down) == "NOT_FOUND"
    template = {"name": "x", "nameEn": "x", "roles": TRIO}
    assert await roster.refused("teamTemplate", "defineTeamTemplate", SECTION_HEAD, **template) == "NOT_ALLOWED ROLE"
    empty = {**template, "roles": []}
    assert await roster.refused("teamTemplate", "defineTeamTemplate", DESK_OFFICER, **empty) == "ROLES_INVALID"
    assert (await roster.world.ask(TEAMS_OF, OTHER_SECTION_HEAD))["teams"]["nodes"] == []


@given(st.lists(st.sampled_from(list(TRANSITIONS)), max_size=15))
def test_whatever_is_said_a_team_is_manned_exactly_between_staffing_and_standing_down(acts: list[Act]) -> None:
    template, _ = TeamTemplate.define("一人", "One", {"police": 1})
    team, _ = Team.raise_from(template, TeamKind.SURGE, "一号队", "unit_s1", GRID_1[:2], NOW)
    doing = {
        "staff": lambda: team.staff([a_responder()]),
        "deploy": lambda: team.deploy(GRID_1),
        "stand_down": lambda: team.stand_down("任务完成", NOW),
    }
    for act in acts:
        before = TEAMS.to_document(team)
        allowed, target = TRANSITIONS[act]
        if team.state in allowed:
            deployed = team.state is TeamState.DEPLOYED
            assert len(doing[act]()) == 1
            assert team.state is (TeamState.DEPLOYED if act == "staff" and deployed else target)
        else:
            with pytest.raises(Refusal):
                doing[act]()
            assert TEAMS.to_document(team) == before
        assert team.manned == (team.state in (TeamState.STAFFED, TeamState.DEPLOYED))

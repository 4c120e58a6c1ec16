"""Policy versions: drafted, checked by name, activated, loaded and exported; and the chain of command that follows the mode."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.model.ladder.rungs import post_on
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.policy import DEFAULT_POLICY, as_data
from tests.refusals import said
from tests.routing import district
from tests.routing.directive_world import COMMITTEE_HEAD, Desk
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, GRID_1, GRID_3, SECTION
from tests.routing.field_world import done, refused
from tests.routing.organisation_world import run
from tests.routing.rule_world import publish_categories
from tests.routing.test_command_mode import switch
from tests.routing.world import DESK_OFFICER, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

POLICY = """query($id: ID) { policy(id: $id) {
  id number state note content activations { reason } author { byLoad } problems { code }
  clocks { kind within calendar ladder when } } }"""
DRAFT = """mutation($input: DraftPolicyInput!) { draftPolicy(input: $input) {
  policy { id number state } errors { code reason message path } } }"""
ACTIVATE = """mutation($input: ActivatePolicyInput!) { activatePolicy(input: $input) {
  policy { id number state } errors { code reason path } } }"""


def content(**changes: Any) -> dict[str, Any]:
    """The default policy as data, changed."""
    data: dict[str, Any] = json.loads(json.dumps(as_data(DEFAULT_POLICY)))
    return {**data, **changes}


def command(mode: str, level: str, post: str, area: str | None = None) -> dict[str, Any]:
    return {"mode": mode, "level": level, "post": post, "area": area}


async def draft(world: World, policy: Any, caller: Caller = DESK_OFFICER) -> Any:
    given = {"idempotencyKey": new_id("key"), "policy": policy}
    return (await world.ask(DRAFT, caller, input=given))["draftPolicy"]


async def activate(world: World, version_id: str, caller: Caller = DESK_OFFICER) -> Any:
    given = {"idempotencyKey": new_id("key"), "policyId": version_id, "reason": "联席会议决定"}
    return (await world.ask(ACTIVATE, caller, input=given))["activatePolicy"]


async def in_force(world: World, **changes: Any) -> str:
    """A changed policy, drafted and activated; its id."""
    payload = await draft(world, content(**changes))
    assert payload["errors"] == [], payload
    version_id = str(payload["policy"]["id"])
    assert (await activate(world, version_id))["errors"] == []
    return version_id


async def test_before_any_version_the_default_holds(world: World) -> None:
    seen = (await world.ask(POLICY, SECTION_HEAD))["policy"]

    assert (seen["id"], seen["number"], seen["state"]) == (None, 0, "ACTIVE")
    assert seen["clocks"][0] == {
        "kind": "accept",
        "within": "PT180S",
        "calendar": "24x7",
        "ladder": "urgent",
        "when": {"mode": "emergency"},
    }
    assert world.directory.current.policy == DEFAULT_POLICY


async def test_an_activated_policy_is_in_force_under_its_number_and_survives_the_round_trip(world: World) -> None:
    clocks = content()["clocks"]
    clocks[0]["target"]["within"] = "PT240S"

    version_id = await in_force(world, clocks=clocks)

    policy = world.directory.current.policy
    assert (policy.version, policy.clocks[0].target.within.total_seconds()) == (1, 240)
    seen = (await world.ask(POLICY, SECTION_HEAD))["policy"]
    assert (seen["id"], seen["number"], seen["problems"], seen["author"]) == (version_id, 1, [], {"byLoad": False})
    again = await draft(world, seen["content"])
    assert again["policy"]["number"] == 2
    assert [row["type"].split(".")[3] for row in await world.told("policy")] == ["drafted", "activated", "drafted"]


async def test_an_older_policy_comes_into_force_anew(world: World) -> None:
    first = await in_force(world)
    await in_force(world, evidence=[{"pieces": 2}])

    assert (await activate(world, first))["policy"]["state"] == "ACTIVE"

    assert world.directory.current.policy.version == 1
    listed = await world.ask("{ policies { nodes { number state } } }", DESK_OFFICER)
    assert [(row["number"], row["state"]) for row in listed["policies"]["nodes"]] == [(2, "SUPERSEDED"), (1, "ACTIVE")]


CAMPAIGN: dict[str, Any] = {
    "id": "lantern",
    "name": "元宵灯会安全检查",
    "name_en": "Lantern festival",
    "kind": "inspection",
    "lasts": "P3D",
    "checklist": [{"code": "exit", "text": "疏散通道畅通", "evidence": True}],
}


async def test_the_policy_says_what_campaigns_start_from_and_how_long_the_field_is_waited_for(world: World) -> None:
    waits = {"hazard_recheck": "P1D", "custody_answer": "PT10M"}
    await in_force(world, campaigns=[CAMPAIGN], waits=waits)

    templates = (await world.ask("{ campaignTemplates { id hours } }", DESK_OFFICER))["campaignTemplates"]
    assert templates == [{"id": "lantern", "hours": 72.0}]
    planned = {"template": "lantern", "areaId": "d1-s1"}
    campaign = await done(world, "planCampaign", DESK_OFFICER, "campaign { dueAt checklist { code } }", **planned)
    assert campaign["checklist"] == [{"code": "exit"}]
    assert datetime.fromisoformat(campaign["dueAt"]) == world.now + timedelta(days=3)
    gone = {"template": "gas_safety", "areaId": "d1-s1"}
    assert await refused(world, "planCampaign", DESK_OFFICER, "campaign { id }", **gone) == "UNKNOWN_TEMPLATE"

    due = (world.now + timedelta(days=5)).isoformat()
    found = {"description": "软管老化", "severity": "MAJOR", "unitId": "unit_s1", "dueAt": due, "areaId": "d1-s1"}
    hazard = await done(world, "reportHazard", DESK_OFFICER, "hazard { id }", **found)
    await done(world, "startRectification", SECTION_HEAD, "hazard { id }", hazardId=hazard["id"])
    rectified = {
        "hazardId": hazard["id"],
        "note": "已更换",
        "evidence": [{"kind": "PHOTO", "ref": "https://f.example/1"}],
    }
    shown = await done(world, "submitRectification", SECTION_HEAD, "hazard { dueAt }", **rectified)
    assert datetime.fromisoformat(shown["dueAt"]) == world.now + timedelta(days=1)

    taken = {"subject": "THING", "reference": "W-1", "description": "钥匙", "areaId": "d1-s1"}
    custody = await done(world, "beginCustody", SECTION_HEAD, "custody { id }", **taken)
    await done(world, "offerCustody", SECTION_HEAD, "custody { id }", custodyId=custody["id"], postId=COMMITTEE)
    mine = "{ myWork { nodes { kind dueAt } } }"
    (offered,) = (await world.ask(mine, COMMITTEE_HEAD))["myWork"]["nodes"]
    assert datetime.fromisoformat(offered["dueAt"]) == world.now + timedelta(minutes=10)


async def test_the_policy_says_how_fast_supervision_climbs_and_is_answered(world: World) -> None:
    desk = Desk(world)
    slow = await desk.running_task(SECTION_HEAD)
    waits = {"directive_climb": "PT2H", "supervision_answer": {"remind": "PT1H"}}
    await in_force(world, waits=waits)
    quick = await desk.running_task(SECTION_HEAD)
    world.now = datetime(2026, 12, 3, 0, 30, tzinfo=UTC)  # Thursday, when offices open

    for hours in (0, 1, 1):
        world.pass_time(hours=hours)
        await desk.let_clock_act()

    by_rule = {task["id"]: (await desk.directive(task["id"]))["supervisions"] for task in (slow, quick)}
    assert [one["level"] for one in by_rule[quick["id"]]] == ["REMIND", "WRITTEN"]
    assert [one["level"] for one in by_rule[slow["id"]]] == ["REMIND"]
    answers = await world.ask("{ supervisions { nodes { level answerDueAt } } }", DESK_OFFICER)
    reminds = [one["answerDueAt"] for one in answers["supervisions"]["nodes"] if one["level"] == "REMIND"]
    assert {datetime.fromisoformat(due) for due in reminds} == {datetime(2026, 12, 3, 1, 30, tzinfo=UTC)}


def _clock(**target: Any) -> dict[str, Any]:
    base = {"within": "PT1H", "warn_before": None, "calendar": "24x7", "pausable": False, "ladder": None}
    return {"clocks": [{"kind": "accept", "target": {**base, **target}}]}


def _ladder(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"id": "l", "name": "l", "calendar": "24x7", "acknowledged_for": "PT1H", "steps": []}
    return {"ladders": [*content()["ladders"], {**base, **changes}]}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        (_clock(ladder="none"), "UNKNOWN_LADDER", "clocks.0.target.ladder"),
        (_clock(calendar="none"), "UNKNOWN_CALENDAR", "clocks.0.target.calendar"),
        (_clock(within="PT0S"), "DURATION_NOT_ABOVE_ZERO", "clocks.0.target.within"),
        (_clock(within="soon"), "INVALID_INPUT", "clocks.0.target.within"),
        ({"clocks": "none"}, "INVALID_INPUT", "clocks"),
        ({"grades": [{"grade": "B", "when": {"category": "none"}}]}, "UNKNOWN_CATEGORY", "grades.0.when.category"),
        ({"grades": [{"grade": "D"}]}, "INVALID_INPUT", "grades.0.grade"),
        (_ladder(calendar="none"), "UNKNOWN_CALENDAR", "ladders.3.calendar"),
        (_ladder(id="call"), "NAMED_TWICE", "ladders.3.id"),
        (
            _ladder(steps=[{"kind": "notify_post", "wait": "PT1H", "post": "post_none"}]),
            "UNKNOWN_POST",
            "ladders.3.steps.0.post",
        ),
        (_ladder(steps=[{"kind": "climb", "wait": "PT1H"}]), "CLIMB_WITHOUT_LEVEL", "ladders.3.steps.0.level"),
        ({"waits": {"hazard_recheck": "PT0S"}}, "DURATION_NOT_ABOVE_ZERO", "waits.hazard_recheck"),
        (
            {"waits": {"supervision_answer": {"remind": "PT0S"}}},
            "DURATION_NOT_ABOVE_ZERO",
            "waits.supervision_answer.remind",
        ),
        ({"campaigns": [{**CAMPAIGN, "lasts": "PT0S"}]}, "DURATION_NOT_ABOVE_ZERO", "campaigns.0.lasts"),
        ({"campaigns": [CAMPAIGN, CAMPAIGN]}, "NAMED_TWICE", "campaigns.1.id"),
        ({"command": [command("emergency", "street", "post_none")]}, "UNKNOWN_POST", "command.0.post"),
        ({"command": [command("emergency", "street", DESK, "d9")]}, "UNKNOWN_AREA", "command.0.area"),
    ],
)
async def test_a_policy_that_names_what_there_is_not_is_refused_with_its_place(
    world: World, changes: dict[str, Any], code: str, path: str
) -> None:
    await publish_categories(world)

    payload = await draft(world, content(**changes))

    assert payload["policy"] is None
    assert [(said(error), error["path"]) for error in payload["errors"]] == [(code, ["policy", *path.split(".")])]


@pytest.mark.parametrize("caller", [SECTION_HEAD, STREET_2_CENTRE, RESIDENT])
async def test_only_the_districts_centre_and_operators_change_the_policy(world: World, caller: Caller) -> None:
    version_id = (await draft(world, content()))["policy"]["id"]

    assert [said(error) for error in (await draft(world, content(), caller))["errors"]] == ["NOT_ALLOWED ROLE"]
    assert [said(error) for error in (await activate(world, version_id, caller))["errors"]] == ["NOT_ALLOWED ROLE"]


async def test_an_exported_policy_can_be_changed_and_loaded(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(world, "export-policy") == 0
    exported = json.loads(capsys.readouterr().out)
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({**exported, "evidence": [{"pieces": 1}]}))

    assert await run(world, "load-policy", str(file), "--dry-run") == 0
    await world.directory.refresh()
    assert world.directory.current.policy.version == 0

    assert await run(world, "load-policy", str(file)) == 0
    await world.directory.refresh()
    assert (world.directory.current.policy.version, world.directory.current.policy.evidence[0].pieces) == (1, 1)
    capsys.readouterr()
    assert await run(world, "load-policy", str(file)) == 0
    assert "nothing changed" in capsys.readouterr().out


async def test_a_policy_file_that_is_wrong_is_named_and_changes_nothing(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(content(command=[command("routine", "street", "post_none")])))

    assert await run(world, "load-policy", str(file)) == 1
    file.write_text("{")
    assert await run(world, "load-policy", str(file)) == 1

    said = capsys.readouterr().err
    assert "policy.command.0.post: There is no post post_none." in said
    await world.directory.refresh()
    assert world.directory.current.policy.version == 0


async def test_an_organisation_without_a_post_that_the_policy_names_is_refused(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await in_force(world, command=[command("emergency", "street", DEPARTMENT)])
    values = district.raw()
    values["posts"] = [post for post in values["posts"] if post["id"] != DEPARTMENT]
    file = tmp_path / "organisation.json"
    file.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")

    assert await run(world, "load", str(file)) == 1

    assert "policy 1, which is in force: policy.command.0.post: There is no post post_dept." in capsys.readouterr().err


@pytest.mark.capability("R-30")
async def test_the_chain_of_command_follows_the_mode_and_back(world: World) -> None:
    named = [
        command("emergency", "street", DESK),
        command("emergency", "street", DEPARTMENT, "d1-s1"),
    ]
    await in_force(world, command=named)

    def answers(path: tuple[str, ...]) -> str | None:
        post = post_on(world.directory.current, PostLevel.STREET, path, ("env",))
        return post.id if post else None

    assert answers(GRID_1) == SECTION
    await switch(world, "EMERGENCY", "d1")
    assert (answers(GRID_1), answers(GRID_3)) == (DEPARTMENT, DESK)
    await switch(world, "ROUTINE", "d1", reason="解除")
    assert answers(GRID_1) == SECTION

"""The whole organisation as a file: out, edited, in; with a dry run, and with successors for posts that are gone."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.store.organisation import current_version
from tests.refusals import said
from tests.routing import district
from tests.routing.district import COMMITTEE, GRID_1, OTHER_SECTION, SECTION, square
from tests.routing.organisation_world import BUILDING, overlay, run, with_building
from tests.routing.test_boundaries import GRID_2
from tests.routing.world import DESK_OFFICER, OPERATOR, SECTION_HEAD, World

IMPORT = """
mutation($input: ImportOrganisationInput!) {
  importOrganisation(input: $input) {
    organisationImport { changes { kind added changed retired } warnings ordersMoved ordersHandedOver dryRun }
    errors { code reason message path }
  }
}
"""


async def bring(world: World, content: Any, caller: Caller = OPERATOR, **given: Any) -> Any:
    values = {"idempotencyKey": new_id("key"), "organisation": content, **given}
    return (await world.ask(IMPORT, caller, input=values))["importOrganisation"]


async def exported(world: World) -> Any:
    return as_json((await world.ask("{ organisationExport }", OPERATOR))["organisationExport"])


def as_json(values: Any) -> Any:
    """As it travels."""
    return json.loads(json.dumps(values))


def without(values: dict[str, Any], post_id: str) -> dict[str, Any]:
    """The file without a post and the rules that name it; another of its unit stays."""
    gone = next(post for post in values["posts"] if post["id"] == post_id)
    values["posts"] = [post for post in values["posts"] if post["id"] != post_id]
    values["posts"].append({**gone, "id": f"{post_id}_new"})
    return values


@pytest.mark.capability("R-16", "R-19")
async def test_what_was_exported_changes_nothing_when_it_is_imported_again(world: World) -> None:
    values = with_building(district.raw())
    values["overlays"] = [overlay("key_1", 113.0, 113.01, valid_to="2027-01-01T00:00:00Z")]
    await world.load(values)
    version = await current_version(world.mongo)
    content = await exported(world)
    assert {area["id"] for area in content["areas"]} == {area["id"] for area in values["areas"]}
    assert [rule["id"] for rule in content["rules"]] == [rule["id"] for rule in values["rules"]]

    payload = await bring(world, content)

    assert payload["errors"] == []
    assert payload["organisationImport"]["changes"] == []
    assert await current_version(world.mongo) == version
    assert await exported(world) == content


async def test_a_dry_run_says_what_an_edited_file_would_change_and_the_import_does_it(world: World) -> None:
    await world.dispatched("report_1", place=None)
    content = await exported(world)
    content["people"].append({"id": "person_new", "name": "新人"})
    content["areas"][0]["households"] = 1
    next(area for area in content["areas"] if area["level"] == "grid")["households"] = 250

    dry = await bring(world, content, dryRun=True)
    assert dry["organisationImport"]["changes"] == [
        {"kind": "areas", "added": 0, "changed": 2, "retired": 0},
        {"kind": "people", "added": 1, "changed": 0, "retired": 0},
    ]
    assert dry["organisationImport"]["warnings"] == [f"area {GRID_1[-1]}: 250 households, the norm is 300 to 500"]
    assert "person_new" not in {person["id"] for person in (await exported(world))["people"]}

    done = await bring(world, content)
    assert done["organisationImport"] == {**dry["organisationImport"], "dryRun": False}
    assert "person_new" in world.directory.current.people
    (told,) = await world.told("organisation")
    assert (told["actor"]["person"], json.loads(told["data"])["changed"]) == (OPERATOR.person, 2)


async def test_repeating_an_import_with_its_key_answers_what_it_changed_first(world: World) -> None:
    content = await exported(world)
    content["people"].append({"id": "person_new", "name": "新人"})

    first = await bring(world, content, idempotencyKey="key_1")
    again = await bring(world, content, idempotencyKey="key_1")

    assert first == again
    assert first["organisationImport"]["changes"] != []


async def test_a_file_with_problems_is_refused_with_every_one_of_them(world: World) -> None:
    content = await exported(world)
    content["posts"][0]["unit_id"] = "unit_none"
    content["posts"][1]["role_a"] = "person_none"

    payload = await bring(world, content)

    assert payload["organisationImport"] is None
    assert {said(error) for error in payload["errors"]} == {"FILE_PROBLEM"}
    problems = " ".join(error["message"] for error in payload["errors"])
    assert "unit_none" in problems
    assert "person_none" in problems
    assert (await bring(world, {"areas": 1}))["errors"][0]["code"] == "FILE_PROBLEM"


async def test_only_the_operator_exports_and_imports(world: World) -> None:
    content = await exported(world)

    payload = await bring(world, content, DESK_OFFICER)

    assert [said(error) for error in payload["errors"]] == ["NOT_ALLOWED ROLE"]
    assert (await world.ask("{ organisationExport }", DESK_OFFICER))["organisationExport"] is None


@pytest.mark.capability("R-19")
async def test_a_post_that_leads_open_orders_is_not_removed_without_a_successor(world: World) -> None:
    order = await world.dispatched()
    version = await current_version(world.mongo)
    content = without(district.raw(), SECTION)

    payload = await bring(world, content)
    assert payload["organisationImport"] is None
    assert f"post {SECTION}: it leads 1 open orders; name its successor" in payload["errors"][0]["message"]
    unknown = [{"postId": SECTION, "successorId": "post_none"}]
    assert "no post post_none" in (await bring(world, content, successors=unknown))["errors"][0]["message"]
    assert await current_version(world.mongo) == version

    pairs = [{"postId": SECTION, "successorId": f"{SECTION}_new"}]
    dry = await bring(world, content, successors=pairs, dryRun=True)
    assert dry["organisationImport"]["ordersHandedOver"] == 1
    world.pass_time(minutes=10)
    done = await bring(world, content, successors=pairs)
    assert done["errors"] == []
    assert done["organisationImport"]["ordersHandedOver"] == 1

    after = await world.order()
    assert (after.lead_post, after.state, len(after.dispatches)) == (f"{SECTION}_new", order.state, 2)
    assert after.accept_by > order.accept_by
    told = (await world.told("order"))[-1]
    data = json.loads(told["data"])
    assert (data["oldPost"], data["leadPost"], bool(data["reason"])) == (SECTION, f"{SECTION}_new", True)
    assert SECTION not in world.directory.current.posts


@pytest.mark.capability("R-19")
async def test_a_successor_takes_over_what_a_post_that_is_gone_owes_beside_its_own_orders(world: World) -> None:
    order = await world.dispatched(area_id=GRID_2[-1], area_path=list(GRID_2))
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=order.id)
    help_wanted = {"workOrderId": order.id, "postId": OTHER_SECTION, "task": "清障"}
    asked = "mutation($input: RequestAssistanceInput!) { requestAssistance(input: $input) { errors { code reason } } }"
    given = {"idempotencyKey": new_id("key"), **help_wanted}
    assert (await world.ask(asked, SECTION_HEAD, input=given))["requestAssistance"]["errors"] == []
    plan: dict[str, Any] = {
        "postId": OTHER_SECTION,
        "first": "2026-11-24",
        "days": 1,
        "starts": ["08:00"],
        "headCount": 1,
    }
    planned = "mutation($input: PlanShiftsInput!) { planShifts(input: $input) { errors { code reason } } }"
    roster = {"idempotencyKey": new_id("key"), **plan, "composition": []}
    assert (await world.ask(planned, DESK_OFFICER, input=roster))["planShifts"]["errors"] == []
    content = without(district.raw(), OTHER_SECTION)

    payload = await bring(world, content)
    owed = f"post {OTHER_SECTION}: it has a part in 1 open orders and has 1 shifts ahead; name its successor"
    assert owed in payload["errors"][0]["message"]
    done = await bring(world, content, successors=[{"postId": OTHER_SECTION, "successorId": f"{OTHER_SECTION}_new"}])

    assert done["errors"] == []
    (aid,) = (await world.order()).assisting
    assert aid.post == f"{OTHER_SECTION}_new"
    assert f"{OTHER_SECTION}_new" in (await world.order()).posts
    shifts = "query($post: ID!) { shifts(post: $post) { nodes { id } } }"
    seen = await world.ask(shifts, DESK_OFFICER, post=f"{OTHER_SECTION}_new")
    assert len(seen["shifts"]["nodes"]) == 1


async def test_a_post_that_leads_nothing_open_is_removed_without_more(world: World) -> None:
    await world.verified()
    await world.confirm()

    payload = await bring(world, without(district.raw(), COMMITTEE))

    assert payload["errors"] == []


async def test_an_import_that_redraws_grids_moves_open_orders_too(world: World) -> None:
    await world.load(with_building(district.raw()))
    await world.dispatched("report_1", area_id=BUILDING[-1], area_path=list(BUILDING))
    values = district.raw()
    grids = {area["id"]: area for area in values["areas"]}
    grids[GRID_1[-1]]["boundary"] = square(113.0, 113.009)
    grids[GRID_2[-1]]["boundary"] = square(113.009, 113.02)

    dry = await bring(world, as_json(values), dryRun=True)
    done = await bring(world, as_json(values))

    assert dry["organisationImport"]["ordersMoved"] == done["organisationImport"]["ordersMoved"] == 1
    assert (await world.order("report_1")).area_path == GRID_1


async def test_the_command_line_exports_what_it_can_load(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "organisation.json"
    assert await run(world, "export", str(file)) == 0

    assert await run(world, "load", str(file)) == 0
    assert "nothing changed" in capsys.readouterr().out

    await world.dispatched()
    file.write_text(json.dumps(without(json.loads(file.read_text()), SECTION)))
    assert await run(world, "load", str(file)) == 1
    assert "name its successor" in capsys.readouterr().err
    assert await run(world, "load", str(file), "--successor", f"{SECTION}={SECTION}_new") == 0
    assert "1 open orders get another lead" in capsys.readouterr().out

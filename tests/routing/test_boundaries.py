"""New outlines: what they would change is seen first, also for open orders; then areas and orders move together (R-16)."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.chassis.errors import Unavailable
from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.leases import claim_due
from services.routing.handlers.organisation import organisation as organisation_handlers
from services.routing.handlers.organisation.boundaries import carry_out, resume_redrawing
from services.routing.handlers.organisation.changes import Changes
from services.routing.model.organisation.point import Point
from services.routing.store.boundaries import PROPOSALS, REDRAWINGS
from tests.refusals import said
from tests.routing import district
from tests.routing.district import GRID_1, GRID_3, OTHER_SECTION, SECTION, square
from tests.routing.field_world import done
from tests.routing.organisation_world import BUILDING, run, with_building
from tests.routing.world import DESK_OFFICER, OPERATOR, OTHER_SECTION_HEAD, SECTION_HEAD, STREET_2_CENTRE, World

GRID_2 = (*GRID_1[:-1], "d1-s1-c1-g2")
PROPOSAL = """
id state ordersMoved ordersHandedOver strays
areas { areaId kind km2Before km2After km2Moved }
orders { workOrderId oldArea { id } newAreaId oldLead { id } newLead { id } handsOver }
"""
EAST, WEST = Point(lon=113.0095, lat=23.005), Point(lon=113.001, lat=23.005)


def features(*areas: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"id": area_id, "name": f"区域 {area_id}"}, "geometry": outline}
            for area_id, outline in areas
        ],
    }


# The first grid gives its eastern tenth to the second.
SHIFTED = features((GRID_1[-1], square(113.0, 113.009)), (GRID_2[-1], square(113.009, 113.02)))


async def send(world: World, mutation: str, caller: Caller, **given: Any) -> Any:
    kind = mutation[0].upper() + mutation[1:] + "Input"
    document = (
        f"mutation($input: {kind}!) {{ {mutation}(input: $input) "
        f"{{ boundaryProposal {{ {PROPOSAL} }} errors {{ code reason message }} }} }}"
    )
    return (await world.ask(document, caller, input={"idempotencyKey": new_id("key"), **given}))[mutation]


async def proposed(world: World, geojson: Any = None, caller: Caller = OPERATOR, **given: Any) -> Any:
    payload = await send(
        world, "proposeBoundaries", caller, **{"level": "GRID", "geojson": geojson or SHIFTED, **given}
    )
    assert payload["errors"] == [], payload
    return payload["boundaryProposal"]


async def refused(world: World, mutation: str, caller: Caller, **given: Any) -> list[str]:
    payload = await send(world, mutation, caller, **given)
    assert payload["boundaryProposal"] is None
    return [said(error) for error in payload["errors"]]


@pytest.mark.capability("R-16")
async def test_a_proposal_shows_what_becomes_of_areas_and_open_orders_and_changes_nothing(world: World) -> None:
    east = await world.dispatched("report_1", place=EAST)
    await world.dispatched("report_2", place=WEST)
    await world.dispatched("report_3")

    proposal = await proposed(world)

    assert [(area["areaId"], area["kind"]) for area in proposal["areas"]] == [
        (GRID_1[-1], "CHANGED"),
        (GRID_2[-1], "CHANGED"),
    ]
    first, second = proposal["areas"]
    assert first["km2Before"] - first["km2After"] == pytest.approx(first["km2Moved"], rel=0.01)
    assert first["km2Moved"] == pytest.approx(0.114, rel=0.02)  # 0.001 by 0.01 degrees at 23 degrees north
    assert second["km2After"] > second["km2Before"]
    assert proposal["ordersMoved"] == 1
    assert proposal["orders"] == [
        {
            "workOrderId": east.id,
            "oldArea": {"id": GRID_1[-1]},
            "newAreaId": GRID_2[-1],
            "oldLead": {"id": SECTION},
            "newLead": {"id": SECTION},
            "handsOver": False,
        }
    ]
    assert (await world.order("report_1")).area_id == GRID_1[-1]
    assert len(await world.told("area")) == len(district.raw()["areas"])


@pytest.mark.capability("R-16")
async def test_applying_a_proposal_redraws_the_areas_and_rebins_open_orders_with_notice(world: World) -> None:
    await world.dispatched("report_1", place=EAST)
    await world.dispatched("report_2", place=WEST)
    proposal = await proposed(world)

    payload = await send(world, "applyBoundaries", DESK_OFFICER, proposalId=proposal["id"])

    assert payload["boundaryProposal"]["state"] == "APPLIED"
    moved, stayed = await world.order("report_1"), await world.order("report_2")
    assert (moved.area_id, moved.area_path, stayed.area_id) == (GRID_2[-1], GRID_2, GRID_1[-1])
    told = (await world.told("order"))[-1]
    assert told["type"] == "huying.routing.order.rebinned.v1"
    data = json.loads(told["data"])
    assert (data["oldAreaId"], data["areaId"], data["areaPath"]) == (GRID_1[-1], GRID_2[-1], list(GRID_2))
    assert told["actor"]["person"] == DESK_OFFICER.person
    at = await world.ask("{ areaAt(lon: 113.0095, lat: 23.005) { id version } }")
    assert at["areaAt"] == {"id": GRID_2[-1], "version": 2}
    assert [row["type"].split(".")[3] for row in await world.told("boundaries")] == ["proposed", "applied"]


@pytest.mark.capability("R-16")
async def test_an_order_nobody_has_taken_up_goes_to_who_leads_there_and_one_under_way_stays(world: World) -> None:
    """The street's border moves: what lies on the other side now is the other section's by the rules."""
    waiting = await world.dispatched(
        "report_1", place=Point(lon=113.0195, lat=23.005), area_id=GRID_2[-1], area_path=list(GRID_2)
    )
    taken = await world.dispatched(
        "report_2", place=Point(lon=113.0196, lat=23.005), area_id=GRID_2[-1], area_path=list(GRID_2)
    )
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=taken.id)
    redrawn = features((GRID_2[-1], square(113.01, 113.019)), (GRID_3[-1], square(113.019, 113.03)))

    proposal = await proposed(world, redrawn)
    assert {move["workOrderId"]: (move["newLead"]["id"], move["handsOver"]) for move in proposal["orders"]} == {
        waiting.id: (OTHER_SECTION, True),
        taken.id: (OTHER_SECTION, False),
    }
    await send(world, "applyBoundaries", OPERATOR, proposalId=proposal["id"])

    waiting, taken = await world.order("report_1"), await world.order("report_2")
    assert (waiting.lead_post, waiting.lead_unit, taken.lead_post) == (OTHER_SECTION, "unit_s2", SECTION)
    assert waiting.area_path == taken.area_path == GRID_3
    (told,) = [row for row in await world.told("order") if row["type"].endswith("handed_over.v1")]
    data = json.loads(told["data"])
    assert (data["orderId"], data["oldPost"], data["leadPost"]) == (waiting.id, SECTION, OTHER_SECTION)
    assert await world.done("acceptOrder", OTHER_SECTION_HEAD, workOrderId=waiting.id) == "ACCEPTED"


@pytest.mark.capability("R-16")
async def test_areas_that_are_not_in_the_file_are_retired_and_their_orders_fall_to_the_area_above(world: World) -> None:
    await world.dispatched("report_1")
    only = features((GRID_2[-1], square(113.0, 113.02)))

    proposal = await proposed(world, only, parentId=GRID_1[-2], retireOthers=True)
    assert [(area["areaId"], area["kind"]) for area in proposal["areas"]] == [
        (GRID_1[-1], "RETIRED"),
        (GRID_2[-1], "CHANGED"),
    ]
    await send(world, "applyBoundaries", OPERATOR, proposalId=proposal["id"])

    assert (await world.order("report_1")).area_path == GRID_1[:-1]


async def test_an_area_that_somebody_answers_for_cannot_be_retired(world: World) -> None:
    await world.dispatched("report_1")
    only = features(("d1-s2", square(113.02, 113.04)))

    payload = await send(world, "proposeBoundaries", OPERATOR, level="STREET", geojson=only, retireOthers=True)

    assert {said(error) for error in payload["errors"]} == {"FILE_PROBLEM"}
    assert any("post post_s1 answers for it" in error["message"] for error in payload["errors"])
    assert any("d1-s1-c1 lies in it" in error["message"] for error in payload["errors"])


async def test_a_proposal_made_for_another_organisation_is_not_applied(world: World) -> None:
    proposal = await proposed(world)
    values = district.raw()
    values["areas"][1]["households"] = 450
    await world.load(values)

    assert await refused(world, "applyBoundaries", OPERATOR, proposalId=proposal["id"]) == ["PROPOSAL_OUTDATED"]
    again = await proposed(world)
    await send(world, "applyBoundaries", OPERATOR, proposalId=again["id"])
    assert await refused(world, "applyBoundaries", OPERATOR, proposalId=again["id"]) == ["PROPOSAL_STATE_FORBIDS"]


@pytest.mark.capability("R-16", "R-41")
async def test_what_stands_on_the_ground_and_plans_of_a_grid_follow_the_map(world: World) -> None:
    lift = {"code": "DT-1", "kind": "lift", "name": "1栋电梯", "ownerUnit": "unit_c1", "lon": 113.0195, "lat": 23.005}
    asset = await done(world, "registerAsset", DESK_OFFICER, "asset { id area { id } }", **lift)
    assert asset["area"] == {"id": GRID_2[-1]}
    redrawn = features((GRID_2[-1], square(113.01, 113.019)), (GRID_3[-1], square(113.019, 113.03)))

    proposal = await proposed(world, redrawn)
    await send(world, "applyBoundaries", OPERATOR, proposalId=proposal["id"])

    asked = "query($id: ID!) { asset(id: $id) { area { id } } }"
    assert (await world.ask(asked, OTHER_SECTION_HEAD, id=asset["id"]))["asset"] == {"area": {"id": GRID_3[-1]}}
    assert (await world.ask(asked, SECTION_HEAD, id=asset["id"]))["asset"] is None


async def test_what_a_crash_left_half_applied_is_completed(world: World) -> None:
    await world.dispatched("report_1", place=EAST)
    proposal = await proposed(world)
    change = {"$set": {"state": "applying", "next_step_at": world.now}}
    await world.mongo[PROPOSALS.collection.name].update_one({"_id": proposal["id"]}, change)

    for _ in range(2):
        await carry_out(world.store, world.directory, proposal["id"])

    assert (await world.order("report_1")).area_id == GRID_2[-1]
    assert [name for name in await world.names_told() if name == "order.rebinned"] == ["order.rebinned"]


async def test_only_the_operator_and_the_centre_of_the_area_redraw_it(world: World) -> None:
    given = {"level": "GRID", "geojson": SHIFTED}
    for caller in (SECTION_HEAD, STREET_2_CENTRE):
        assert await refused(world, "proposeBoundaries", caller, **given) == ["NOT_ALLOWED ROLE"]
    proposal = await proposed(world, caller=DESK_OFFICER)
    assert await refused(world, "applyBoundaries", STREET_2_CENTRE, proposalId=proposal["id"]) == ["NOT_FOUND"]
    document = "query($id: ID!) { boundaryProposal(id: $id) { id } boundaryProposals { nodes { id } } }"
    mine = {"id": proposal["id"]}
    assert await world.ask(document, OPERATOR, id=proposal["id"]) == {
        "boundaryProposal": mine,
        "boundaryProposals": {"nodes": [mine]},
    }
    assert await world.ask(document, STREET_2_CENTRE, id=proposal["id"]) == {
        "boundaryProposal": None,
        "boundaryProposals": {"nodes": []},
    }


async def test_a_street_redrawn_over_others_grids_is_warned_about(world: World) -> None:
    proposal = await proposed(world, features(("d1-s1", square(113.0, 113.004))), level="STREET")

    assert proposal["strays"] == ["d1-s1-c1"]


@pytest.mark.capability("R-16")
async def test_the_command_line_shows_the_same_before_it_redraws(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await world.dispatched("report_1", place=EAST)
    file = tmp_path / "grids.geojson"
    file.write_text(json.dumps(SHIFTED))

    assert await run(world, "load-boundaries", str(file), "--level", "grid", "--dry-run") == 0
    said = capsys.readouterr().out
    assert f"{GRID_1[-1]} to {GRID_2[-1]}" in said
    assert "1 open orders lie elsewhere, 0 get another lead" in said
    assert (await world.order("report_1")).area_id == GRID_1[-1]

    assert await run(world, "load-boundaries", str(file), "--level", "grid") == 0
    assert (await world.order("report_1")).area_id == GRID_2[-1]


async def cut_short(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An organisation with redrawn grids is loaded and dies after its areas."""
    await world.load(with_building(district.raw()))
    await world.dispatched("report_1", area_id=BUILDING[-1], area_path=list(BUILDING))
    lift = {"code": "DT-1", "kind": "lift", "name": "电梯", "ownerUnit": "unit_c1", "lon": 113.0095, "lat": 23.005}
    await done(world, "registerAsset", DESK_OFFICER, "asset { id }", **lift)

    async def die(*_: Any, **__: Any) -> Changes:
        raise Unavailable("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(organisation_handlers, "retire_areas", die)
        with pytest.raises(Unavailable):
            await world.load(redrawn())
    assert (await world.order("report_1")).area_path == BUILDING


def redrawn() -> dict[str, Any]:
    """The border between the grids moved west, and the building gone."""
    values = district.raw()
    grids = {area["id"]: area for area in values["areas"]}
    grids[GRID_1[-1]]["boundary"] = square(113.0, 113.009)
    grids[GRID_2[-1]]["boundary"] = square(113.009, 113.02)
    return values


async def asset_area(world: World) -> str:
    (asset,) = (await world.ask("{ assets { nodes { area { id } } } }"))["assets"]["nodes"]
    return str(asset["area"]["id"])


@pytest.mark.capability("R-16", "R-41")
async def test_a_load_that_was_cut_short_after_its_areas_is_completed_by_loading_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cut_short(world, monkeypatch)
    assert await asset_area(world) == GRID_1[-1]

    await world.load(redrawn())

    assert (await world.order("report_1")).area_path == GRID_1
    assert await asset_area(world) == GRID_2[-1]
    assert await world.mongo[REDRAWINGS.name].count_documents({}) == 0
    assert [name for name in await world.names_told() if name == "order.rebinned"] == ["order.rebinned"]


@pytest.mark.capability("R-16")
async def test_what_lies_on_ground_that_a_dead_load_had_redrawn_moves_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cut_short(world, monkeypatch)
    assert await claim_due(world.store, REDRAWINGS.name) == []  # the load may still be at it

    world.pass_time(minutes=11)
    for row in await claim_due(world.store, REDRAWINGS.name):
        await resume_redrawing(world.store, world.directory, row["_id"])
        await resume_redrawing(world.store, world.directory, row["_id"])

    assert await asset_area(world) == GRID_2[-1]
    assert await world.mongo[REDRAWINGS.name].count_documents({}) == 0
    await world.load(redrawn())  # retires what the dead load had not come to
    assert (await world.order("report_1")).area_path == GRID_1

"""The register of community assets: kept by the centre, inspected in time, found near a point, with what is reported about them."""

import json
from typing import Any

import pytest

from tests.refusals import said
from tests.routing.district import GRID_1
from tests.routing.field_world import COMMITTEE_HEAD, IN_GRID_1, IN_STREET_2, done, names, refused, run_timers, send
from tests.routing.world import (
    ATTENDANT,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

ASSET = "asset { id code kind area { id } inspectionDueAt overdue inspections { sound note } retiredAt }"
LIFT: dict[str, Any] = {"code": "DT-1", "kind": "lift", "name": "1栋电梯", "ownerUnit": "unit_c1", **IN_GRID_1}
IMPORTED = "added corrected unchanged badRows { code path }"
CSV = """code,kind,name,lon,lat,owner_unit,inspect_every_days
GK-1,camera,高空抛物探头1,113.005,23.005,unit_c1,30
GK-2,camera,高空抛物探头2,113.015,23.005,unit_c1,
"""


async def _register(world: World, **given: Any) -> Any:
    return await done(world, "registerAsset", DESK_OFFICER, ASSET, **{**LIFT, **given})


@pytest.mark.capability("R-41")
async def test_an_asset_is_registered_where_it_stands_and_seen_by_staff_of_its_area_only(world: World) -> None:
    asset = await _register(world)

    assert asset["area"] == {"id": GRID_1[-1]}
    for caller in (DESK_OFFICER, SECTION_HEAD, ATTENDANT, COMMITTEE_HEAD):
        assert (await world.ask("query($id: ID!) { asset(id: $id) { code } }", caller, id=asset["id"]))["asset"]
    for caller in (RESIDENT, OTHER_SECTION_HEAD, STREET_2_CENTRE):
        assert (await world.ask("query($id: ID!) { asset(id: $id) { code } }", caller, id=asset["id"]))["asset"] is None
        assert (await world.ask("{ assets { nodes { id } } }", caller))["assets"]["nodes"] == []


@pytest.mark.capability("R-41")
async def test_an_inspection_nobody_recorded_is_announced_once_and_the_next_follows_the_last(world: World) -> None:
    asset = await _register(world, inspectEveryDays=30)
    world.pass_time(days=29)
    await run_timers(world)
    assert await names(world, "asset") == ["registered"]

    world.pass_time(days=2)
    await run_timers(world)
    await run_timers(world)
    assert await names(world, "asset") == ["registered", "inspection_overdue"]
    overdue = "{ assets(filter: {overdue: true}) { nodes { id overdue } } }"
    assert (await world.ask(overdue))["assets"]["nodes"] == [{"id": asset["id"], "overdue": True}]

    seen = await done(world, "inspectAsset", COMMITTEE_HEAD, ASSET, assetId=asset["id"], sound=False, note="按钮失灵")
    assert (seen["overdue"], seen["inspections"]) == (False, [{"sound": False, "note": "按钮失灵"}])
    assert (await world.ask(overdue))["assets"]["nodes"] == []
    world.pass_time(days=31)
    await run_timers(world)
    assert (await names(world, "asset"))[2:] == ["inspected", "inspection_overdue"]


@pytest.mark.capability("R-41")
async def test_reports_about_one_asset_show_each_other_s_open_orders(world: World) -> None:
    asset = await _register(world)
    first, second = await world.dispatched("report_1"), await world.dispatched("report_2")
    for report in ("report_1", "report_2"):
        await done(world, "attachReportToAsset", ATTENDANT, ASSET, assetId=asset["id"], reportId=report)

    about = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Report {
        asset { id reports { id } openOrders { id } } sameAssetOrders { id } } } }"""
    of = [{"__typename": "Report", "id": report} for report in ("report_1", "report_2")]
    one, two = (await world.ask(about, SECTION_HEAD, of=of))["_entities"]
    assert one["asset"]["reports"] == [{"id": "report_1"}, {"id": "report_2"}]
    assert one["asset"]["openOrders"] == [{"id": first.id}, {"id": second.id}]
    assert (one["sameAssetOrders"], two["sameAssetOrders"]) == ([{"id": second.id}], [{"id": first.id}])

    await world.done("recallOrder", DESK_OFFICER, workOrderId=second.id, reason="重复")
    assert (await world.ask(about, SECTION_HEAD, of=of))["_entities"][0]["sameAssetOrders"] == []
    told = json.loads((await world.told("asset"))[-1]["data"])
    assert told == {"assetId": asset["id"], "reportId": "report_2", "insteadOf": None}

    (resident, _) = (await world.ask(about, RESIDENT, of=of))["_entities"]
    assert resident == {"asset": None, "sameAssetOrders": []}


async def test_a_report_moves_from_one_asset_to_another_and_is_not_attached_twice(world: World) -> None:
    lift, other = await _register(world), await _register(world, code="DT-2")
    await world.dispatched()
    attach = {"reportId": "report_1"}
    await done(world, "attachReportToAsset", SECTION_HEAD, ASSET, assetId=lift["id"], **attach)

    assert (
        await refused(world, "attachReportToAsset", SECTION_HEAD, ASSET, assetId=lift["id"], **attach)
        == "ALREADY_ATTACHED"
    )
    await done(world, "attachReportToAsset", SECTION_HEAD, ASSET, assetId=other["id"], **attach)
    reports = "query($id: ID!) { asset(id: $id) { reports { id } } }"
    assert (await world.ask(reports, id=lift["id"]))["asset"]["reports"] == []
    assert (await world.ask(reports, id=other["id"]))["asset"]["reports"] == [{"id": "report_1"}]


async def test_what_one_does_not_see_cannot_be_attached(world: World) -> None:
    asset = await _register(world)
    await world.dispatched()

    for caller in (RESIDENT, OTHER_SECTION_HEAD):
        code = await refused(world, "attachReportToAsset", caller, ASSET, assetId=asset["id"], reportId="report_1")
        assert code == "NOT_FOUND"
    code = await refused(world, "attachReportToAsset", SECTION_HEAD, ASSET, assetId=asset["id"], reportId="report_9")
    assert code == "NOT_FOUND"


@pytest.mark.capability("R-41")
async def test_a_list_is_tried_dry_then_imported_and_a_second_time_changes_nothing(world: World) -> None:
    given = {"format": "CSV", "content": CSV}
    dry = await send(world, "importAssets", DESK_OFFICER, IMPORTED, **given, dryRun=True)
    assert (dry["added"], dry["badRows"], dry["errors"]) == (2, [], [])
    assert (await world.ask("{ assets { nodes { id } } }"))["assets"]["nodes"] == []

    wet = await send(world, "importAssets", DESK_OFFICER, IMPORTED, **given, idempotencyKey="k1")
    assert (wet["added"], wet["corrected"], wet["unchanged"]) == (2, 0, 0)
    again = await send(world, "importAssets", DESK_OFFICER, IMPORTED, **given, idempotencyKey="k1")
    assert again == wet
    changed = CSV.replace("探头2", "探头二")
    third = await send(world, "importAssets", DESK_OFFICER, IMPORTED, format="CSV", content=changed)
    assert (third["added"], third["corrected"], third["unchanged"]) == (0, 1, 1)
    nodes = (await world.ask('{ assets(filter: {kind: "camera"}) { nodes { code name } } }'))["assets"]["nodes"]
    assert nodes == [{"code": "GK-1", "name": "高空抛物探头1"}, {"code": "GK-2", "name": "高空抛物探头二"}]
    assert await names(world, "asset_import") == ["applied", "applied"]


async def test_one_bad_row_leaves_the_register_as_it_was_and_is_named(world: World) -> None:
    rows = [
        {"code": "A", "kind": "lift", "name": "a", "owner_unit": "unit_c1", **IN_GRID_1},
        {"code": "B", "kind": "lift", "name": "b", "owner_unit": "unit_nobody", **IN_GRID_1},
        {"code": "A", "kind": "lift", "name": "c", "owner_unit": "unit_c1", **IN_GRID_1},
        {"code": "C", "kind": "lift", "name": "c", "owner_unit": "unit_c1", "lon": 0, "lat": 0},
        {"code": "D"},
    ]
    payload = await send(world, "importAssets", DESK_OFFICER, IMPORTED, format="JSON", content=json.dumps(rows))

    assert [(row["code"], row["path"][0]) for row in payload["badRows"]] == [
        ("UNKNOWN_UNIT", "2"),
        ("ASSET_CODE_TAKEN", "3"),
        ("PLACE_OUTSIDE_AREAS", "4"),
        ("INVALID_INPUT", "5"),
    ]
    assert [said(error) for error in payload["errors"]] == ["ROWS_REFUSED"]
    assert (await world.ask("{ assets { nodes { id } } }"))["assets"]["nodes"] == []
    assert await world.told("asset", "asset_import") == []


async def test_a_centre_keeps_the_register_of_its_own_area_only(world: World) -> None:
    assert await refused(world, "registerAsset", STREET_2_CENTRE, ASSET, **LIFT) == "PLACE_OUTSIDE_AREAS"
    assert await refused(world, "registerAsset", SECTION_HEAD, ASSET, **LIFT) == "NOT_ALLOWED ROLE"
    assert await refused(world, "registerAsset", RESIDENT, ASSET, **LIFT) == "PLACE_OUTSIDE_AREAS"
    await done(world, "registerAsset", STREET_2_CENTRE, ASSET, **{**LIFT, **IN_STREET_2})
    assert await refused(world, "registerAsset", DESK_OFFICER, ASSET, **LIFT) == "ASSET_CODE_TAKEN"


async def test_the_nearest_assets_come_first_with_their_distance(world: World) -> None:
    await _register(world, code="far", lon=113.009)
    near = await _register(world, code="near", lon=113.0051)
    gone = await _register(world, code="gone", lon=113.005)
    await done(world, "retireAsset", DESK_OFFICER, ASSET, assetId=gone["id"], reason="拆除")

    query = "query($lon: Float!, $lat: Float!) { assetsNear(lon: $lon, lat: $lat) { asset { code } metres } }"
    found = (await world.ask(query, ATTENDANT, **IN_GRID_1))["assetsNear"]
    assert [row["asset"]["code"] for row in found] == ["near", "far"]
    assert 9 < found[0]["metres"] < 11
    assert (await world.ask(query, RESIDENT, **IN_GRID_1))["assetsNear"] == []
    assert await refused(world, "inspectAsset", ATTENDANT, ASSET, assetId=gone["id"], sound=True) == "ASSET_RETIRED"
    assert near["retiredAt"] is None

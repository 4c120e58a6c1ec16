"""Areas as a versioned tree down to the building, and overlay grids that cut across it (R-16)."""

from datetime import timedelta
from typing import Any

import pytest

from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.model.organisation.point import Point
from services.routing.store.decision import DECISIONS
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, GRID_1, SECTION
from tests.routing.organisation_world import BUILDING, MICRO, overlay, with_building
from tests.routing.world import DESK_OFFICER, RESIDENT, World

VERSIONS = (
    "query($id: ID!) { area(id: $id) { retired version versions { version name households since until retired } } }"
)


@pytest.mark.capability("R-16")
async def test_every_version_of_an_area_can_be_read_with_its_time(world: World) -> None:
    first = world.now
    values = district.raw()
    values["areas"][1]["households"] = 450
    world.pass_time(days=1)
    await world.load(values)
    values["areas"][1]["name"] = "新名"
    world.pass_time(days=1)
    await world.load(values)

    versions = (await world.ask(VERSIONS, RESIDENT, id="d1-s1"))["area"]["versions"]

    assert [(row["version"], row["households"], row["name"]) for row in versions] == [
        (3, 450, "新名"),
        (2, 450, "区域 d1-s1"),
        (1, 400, "区域 d1-s1"),
    ]
    days = [(first + timedelta(days=n)).isoformat() for n in (2, 1, 0)]
    assert [row["since"] for row in versions] == days
    assert [row["until"] for row in versions] == [None, *days[:2]]


@pytest.mark.capability("R-16")
async def test_an_area_gone_from_the_file_is_retired_and_still_resolves_for_what_lies_in_it(world: World) -> None:
    await world.load(with_building(district.raw()))
    order = await world.dispatched(area_id=BUILDING[-1], area_path=list(BUILDING))
    await world.done("recallOrder", DESK_OFFICER, workOrderId=order.id, reason="重复")

    changes = await load_organisation(world.store, district.organisation())
    await world.directory.refresh()

    assert changes.retired["areas"] == 2
    area = (await world.ask(VERSIONS, DESK_OFFICER, id=BUILDING[-1]))["area"]
    assert (area["retired"], area["version"], len(area["versions"])) == (True, 2, 2)
    document = "query($id: ID!) { workOrder(id: $id) { area { id retired path } } }"
    seen = (await world.ask(document, DESK_OFFICER, id=order.id))["workOrder"]["area"]
    assert seen == {"id": BUILDING[-1], "retired": True, "path": list(BUILDING)}
    listed = await world.ask(
        '{ areas { id } area(id: "d1-s1-c1-g1") { children { id } } areaAt(lon: 113.0015, lat: 23.005) { id } }'
    )
    assert BUILDING[-1] not in {row["id"] for row in listed["areas"]}
    assert listed["area"]["children"] == []
    assert listed["areaAt"]["id"] == GRID_1[-1]
    assert [row["type"].split(".")[3] for row in (await world.told("area"))[-2:]] == ["retired", "retired"]


async def test_a_retired_area_that_comes_back_is_defined_anew(world: World) -> None:
    await world.load(with_building(district.raw()))
    await world.load()
    await world.load(with_building(district.raw()))

    area = (await world.ask(VERSIONS, RESIDENT, id=BUILDING[-1]))["area"]
    assert [(row["version"], row["retired"]) for row in area["versions"]] == [(3, False), (2, True), (1, False)]


@pytest.mark.capability("R-16")
async def test_overlay_grids_hold_a_point_together_for_as_long_as_they_are_valid(world: World) -> None:
    values = district.raw()
    ends = (world.now + timedelta(days=1)).isoformat()
    begins = (world.now + timedelta(days=2)).isoformat()
    values["overlays"] = [
        overlay("key_school", 113.005, 113.025),
        overlay("key_flood", 113.0, 113.04, valid_to=ends),
        overlay("key_fair", 113.0, 113.04, valid_from=begins),
        overlay("key_far", 113.03, 113.04),
    ]
    await world.load(values)
    document = "query($lon: Float, $lat: Float) { overlayGrids(lon: $lon, lat: $lat) { id purpose } }"

    async def found(**point: Any) -> list[str]:
        return [grid["id"] for grid in (await world.ask(document, RESIDENT, **point))["overlayGrids"]]

    assert await found(lon=113.006, lat=23.005) == ["key_flood", "key_school"]
    assert await found() == ["key_far", "key_flood", "key_school"]
    world.pass_time(days=3)
    assert await found(lon=113.006, lat=23.005) == ["key_fair", "key_school"]
    grid = await world.ask('{ area(id: "d1-s1-c1-g1") { overlayGrids { id } } }')
    assert [row["id"] for row in grid["area"]["overlayGrids"]] == ["key_fair", "key_school"]


@pytest.mark.capability("R-16")
async def test_a_rule_for_an_overlay_grid_decides_for_what_lies_in_it_wherever_that_is_in_the_tree(
    world: World,
) -> None:
    values = district.raw()
    values["overlays"] = [overlay("key_school", 113.005, 113.025)]
    rule = next(rule for rule in values["rules"] if rule["id"] == "rule_env_department")
    values["rules"].insert(0, {**rule, "id": "rule_school", "order": 5, "area_id": "key_school"})
    await world.load(values)

    inside = await world.dispatched("report_1", place=Point(lon=113.006, lat=23.005))
    outside = await world.dispatched("report_2", place=Point(lon=113.001, lat=23.005))
    unplaced = await world.dispatched("report_3")

    assert [order.lead_post for order in (inside, outside, unplaced)] == [DEPARTMENT, SECTION, SECTION]
    row = await world.mongo[DECISIONS.collection.name].find_one({"report.report_id": "report_1"})
    assert row
    assert row["report"]["overlays"] == ["key_school"]


@pytest.mark.capability("R-25")
async def test_a_matter_in_a_building_goes_to_the_posts_of_the_building(world: World) -> None:
    values = with_building(district.raw())
    leader = {**next(post for post in values["posts"] if post["id"] == COMMITTEE), "id": "post_b1", "level": "grid"}
    values["posts"].append({**leader, "area_ids": [BUILDING[-1]]})
    lead = {"unit_kind": "community_committee", "level": "grid"}
    rule = next(rule for rule in values["rules"] if rule["id"] == "rule_waste_community")
    values["rules"].insert(
        0, {**rule, "id": "rule_building", "order": 5, "category": "env", "area_level": "building", "lead": lead}
    )
    await world.load(values)

    in_building = await world.dispatched("report_1", area_id=BUILDING[-1], area_path=list(BUILDING))
    beside = await world.dispatched("report_2", area_id=MICRO[-1], area_path=list(MICRO))

    assert (in_building.lead_post, beside.lead_post) == ("post_b1", SECTION)
    seen = await world.ask("{ areaAt(lon: 113.0015, lat: 23.005) { id level } }")
    assert seen["areaAt"] == {"id": BUILDING[-1], "level": "BUILDING"}


@pytest.mark.capability("R-16")
async def test_a_grid_outside_300_to_500_households_is_listed_for_the_centre_and_loads(world: World) -> None:
    values = district.raw()
    grids = [area for area in values["areas"] if area["level"] == "grid"]
    for grid, households in zip(grids, (299, 300, 500, 501), strict=True):
        grid["households"] = households

    await load_organisation(world.store, district.organisation(values))
    await world.directory.refresh()

    document = "query($area: ID) { gridsOutsideNorm(area: $area) { id households } }"
    listed = (await world.ask(document, DESK_OFFICER))["gridsOutsideNorm"]
    assert [row["households"] for row in listed] == [299, 501]
    assert len((await world.ask(document, DESK_OFFICER, area="d1-s2"))["gridsOutsideNorm"]) == 1
    assert (await world.ask(document, RESIDENT))["gridsOutsideNorm"] == []

"""Categories and areas: loaded, published, kept in memory, seen by every replica."""

import argparse
import json
from pathlib import Path

import msgspec
import pytest

from services.intake import cli
from services.intake.consumers import AreaDefined, AreaRetired
from services.intake.errors import AreasNotLoaded, PlaceOutsideDistrict
from services.intake.model.areas import Area, AreaMap
from services.intake.model.values import Place
from services.intake.store import AREAS
from tests.intake.world import GRID_1, GRID_2, OPERATOR, World, areas, categories


def a_file(folder: Path, **changes: str) -> Path:
    rows = [msgspec.to_builtins(category) for category in categories()]
    rows[1] |= changes
    path = folder / "categories.json"
    path.write_text(json.dumps({"version": 1, "categories": rows}), encoding="utf-8")
    return path


async def load(world: World, path: Path) -> int:
    return await cli.COMMANDS["load-categories"][2](world.service, argparse.Namespace(file=path))


async def test_loading_categories_twice_publishes_them_once(
    bare: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await load(bare, a_file(tmp_path)) == 0
    assert await load(bare, a_file(tmp_path)) == 0

    assert capsys.readouterr().out.splitlines() == ["5 categories, 5 new or changed", "5 categories, 0 new or changed"]
    (event,) = await bare.events("env_waste")
    assert event["type"] == "huying.intake.category.published.v1"
    assert json.loads(event["data"]) == {
        "code": "env_waste",
        "name": "垃圾清运",
        "nameEn": "Waste",
        "parent": "env",
        "path": ["env", "env_waste"],
        "disputeType": None,
        "urgency": "routine",
    }


@pytest.mark.capability("I-12")
async def test_a_changed_category_is_published_again_and_its_old_name_still_finds_it(
    bare: World, tmp_path: Path
) -> None:
    await load(bare, a_file(tmp_path))
    await bare.reference.refresh()

    await load(bare, a_file(tmp_path, name="垃圾分类清运", name_en="Waste collection"))
    await bare.reference.refresh()

    data = await bare.ask("{ categories { code name path parent { code } } }", OPERATOR)
    assert {
        "code": "env_waste",
        "name": "垃圾分类清运",
        "path": ["env", "env_waste"],
        "parent": {"code": "env"},
    } in data["categories"]
    assert len(await bare.events("env_waste")) == 2
    found = bare.reference.categories.named("missed pickup")
    assert found is not None
    assert found.id == "env_waste"


async def test_a_file_of_another_shape_is_refused(
    bare: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "categories.json"
    path.write_text("[]", encoding="utf-8")

    assert await load(bare, path) == 1
    assert "categories.json" in capsys.readouterr().err


async def test_category_is_an_entity(world: World) -> None:
    data = await world.ask(
        "query Q($r: [_Any!]!) { _entities(representations: $r) { ... on Category { code nameEn } } }",
        r=[{"__typename": "Category", "code": "gas"}, {"__typename": "Category", "code": "none"}],
    )

    assert data["_entities"] == [{"code": "gas", "nameEn": "Gas leak"}, None]


async def test_a_redrawn_area_moves_the_places_in_it(world: World) -> None:
    place = Place(lon=113.0099, lat=23.005)
    assert (await world.reference.area_at(place)).id == GRID_1
    first, second = (area for area in areas() if area.area_id in (GRID_1, GRID_2))

    await world.hear(redrawn(first, 113.0, 113.009), aggregate_id=GRID_1)
    await world.hear(redrawn(second, 113.009, 113.02), aggregate_id=GRID_2)
    await world.reference.refresh()

    assert (await world.reference.area_at(place)).id == GRID_2


async def test_a_new_place_falls_into_no_retired_area_and_what_lies_there_keeps_it(world: World) -> None:
    place = Place(lon=113.001, lat=23.005)
    finer = micro_grid()
    await world.hear(finer, aggregate_id=finer.area_id)
    await world.reference.refresh()
    assert (await world.reference.area_at(place)).id == finer.area_id

    await world.hear(AreaRetired(area_id=finer.area_id, area_version=3), aggregate_id=finer.area_id)
    await world.reference.refresh()

    assert (await world.reference.area_at(place)).id == GRID_1
    assert (await world.reference.area(finer.area_id)).retired


def redrawn(area: AreaDefined, west: float, east: float) -> AreaDefined:
    ring = [[west, 23.0], [east, 23.0], [east, 23.01], [west, 23.01], [west, 23.0]]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    return msgspec.structs.replace(area, boundary=boundary, area_version=2)


async def test_the_stamp_of_the_areas_is_read_from_an_index_alone(world: World) -> None:
    plan = await world.mongo.database.command(
        "explain",
        {
            "aggregate": AREAS.name,
            "pipeline": [
                {"$match": {"version": {"$gte": 0}}},
                {"$group": {"_id": None, "count": {"$sum": 1}, "versions": {"$sum": "$version"}}},
            ],
            "cursor": {},
        },
        verbosity="queryPlanner",
    )

    assert "IXSCAN" in str(plan)
    assert "FETCH" not in str(plan)


def a_map() -> AreaMap:
    return AreaMap(
        [
            Area(
                id=area.area_id,
                version=1,
                level=area.level,
                name=area.name,
                name_en=area.name_en,
                path=area.path,
                boundary=area.boundary,
            )
            for area in [*areas(), micro_grid()]
        ]
    )


def micro_grid() -> AreaDefined:
    grid = next(area for area in areas() if area.area_id == GRID_1)
    return msgspec.structs.replace(
        redrawn(grid, 113.0, 113.002), area_id=f"{GRID_1}-m1", level="micro_grid", path=[*grid.path, f"{GRID_1}-m1"]
    )


def test_the_finest_area_of_a_place_wins() -> None:
    found = a_map()

    assert found.at(Place(lon=113.001, lat=23.005)).id == f"{GRID_1}-m1"
    assert found.at(Place(lon=113.005, lat=23.005)).id == GRID_1


def test_a_place_on_a_border_has_one_area() -> None:
    assert a_map().at(Place(lon=113.01, lat=23.005)).id == GRID_1


def test_outside_and_not_yet_loaded_are_told_apart() -> None:
    with pytest.raises(PlaceOutsideDistrict):
        a_map().at(Place(lon=114.0, lat=23.005))
    with pytest.raises(AreasNotLoaded):
        AreaMap([]).at(Place(lon=113.005, lat=23.005))
    only_one_grid = AreaMap([area for area in a_map().by_id.values() if area.id not in (GRID_1, f"{GRID_1}-m1")])
    with pytest.raises(AreasNotLoaded):
        only_one_grid.at(Place(lon=113.005, lat=23.005))

"""Loading the organisation: once, again, changed, wrong; and outlines by themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from dev.district.build import build
from dev.district.write import write
from services.routing.errors.organisation import LoadRefused
from services.routing.files import read_organisation
from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.model.rules.routing import Facts, RoutingTable
from services.routing.store.area import AREAS
from services.routing.store.organisation import POSTS, current_version
from tests.routing import district
from tests.routing.district import DEPARTMENT, GRID_1, SECTION, square
from tests.routing.organisation_world import run
from tests.routing.world import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "organisation.json"
    path.write_text(json.dumps(district.raw(), ensure_ascii=False), encoding="utf-8")
    return path


def change(file: Path, **values: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}, ensure_ascii=False), encoding="utf-8")


async def test_a_load_defines_every_area_and_announces_it(bare: World, file: Path) -> None:
    assert await run(bare, "load", str(file)) == 0

    told = await bare.told("area")
    assert len(told) == len(district.raw()["areas"])
    data = json.loads(told[0]["data"])
    assert (data["areaId"], data["level"], data["areaVersion"], data["parentId"]) == ("d1", "district", 1, None)
    assert data["boundary"] == square(113.0, 113.04)
    await bare.directory.refresh()
    assert set(bare.directory.current.posts) == {post["id"] for post in district.raw()["posts"]}


async def test_loading_the_same_file_again_changes_and_announces_nothing(
    bare: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await run(bare, "load", str(file))
    version, told = await current_version(bare.mongo), await bare.told("area")

    assert await run(bare, "load", str(file)) == 0

    assert "nothing changed" in capsys.readouterr().out
    assert await current_version(bare.mongo) == version
    assert await bare.told("area") == told


async def test_a_dry_run_says_what_would_change_and_changes_nothing(
    bare: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(bare, "load", str(file), "--dry-run") == 0

    assert "9 areas added" in capsys.readouterr().out
    assert await current_version(bare.mongo) == 0
    assert await bare.told("area") == []


async def test_a_changed_file_makes_new_versions_of_what_changed_and_retires_what_is_gone(
    bare: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await run(bare, "load", str(file))
    capsys.readouterr()
    areas, posts, rules = (district.raw()[kind] for kind in ("areas", "posts", "rules"))
    areas[1]["households"] = 401
    posts[1]["competences"] = ["env"]

    change(file, areas=areas, posts=posts, rules=[rule for rule in rules if rule["id"] != "rule_env_section"])
    assert await run(bare, "load", str(file)) == 0

    assert "1 rule sets added, 1 areas changed, 1 posts changed" in capsys.readouterr().out
    assert json.loads((await bare.told("area"))[-1]["data"])["areaVersion"] == 2
    post = await bare.mongo[POSTS.name].find_one({"_id": SECTION})
    assert post
    assert post["version"] == 2
    await bare.directory.refresh()
    assert bare.directory.current.rule_set == 2
    assert "rule_env_section" not in {rule.id for rule in bare.directory.current.rules}


async def test_a_replica_follows_a_changed_organisation(world: World) -> None:
    facts = Facts(category_path=("env",), area_path=GRID_1)
    assert world.directory.table.decide(facts).lead_post == SECTION
    values = district.raw()
    values["rules"] = [rule for rule in values["rules"] if rule["id"] != "rule_env_section"]

    await load_organisation(world.store, district.organisation(values))
    await world.directory.refresh()

    assert world.directory.table.decide(facts).lead_post == DEPARTMENT


def _without_last_resort(values: dict[str, Any]) -> None:
    values["rules"].pop()


def _post_without_unit(values: dict[str, Any]) -> None:
    values["posts"][0]["unit_id"] = "unit_none"


def _area_off_its_path(values: dict[str, Any]) -> None:
    values["areas"][2]["path"] = ["d1", "d1-s1-c1"]


def _rule_for_nobody(values: dict[str, Any]) -> None:
    values["rules"][1]["lead"] = {"post_id": "post_none"}


def _twice(values: dict[str, Any]) -> None:
    values["units"].append(values["units"][0])


def _crossed_outline(values: dict[str, Any]) -> None:
    ring = [[113.0, 23.0], [113.02, 23.01], [113.02, 23.0], [113.0, 23.01], [113.0, 23.0]]
    values["areas"][1]["boundary"] = {"type": "Polygon", "coordinates": [ring]}


def _point(values: dict[str, Any]) -> None:
    values["areas"][1]["boundary"] = {"type": "Point", "coordinates": [113, 23]}


def _same_person(values: dict[str, Any]) -> None:
    values["posts"][0]["role_b"] = values["posts"][0]["role_a"]


def _unit_above_itself(values: dict[str, Any]) -> None:
    values["units"][0]["parent_id"] = values["units"][0]["id"]


def _grid_in_a_building(values: dict[str, Any]) -> None:
    values["areas"][2]["level"] = "district"


def _overlay_of_no_time(values: dict[str, Any]) -> None:
    times = {"valid_from": "2026-01-02T00:00:00Z", "valid_to": "2026-01-01T00:00:00Z"}
    names = {"id": "key_1", "name": "重点", "name_en": "Key", "purpose": "防汛"}
    values["overlays"] = [{**names, **times, "boundary": square(113.0, 113.01)}]


def _wrong_shape(values: dict[str, Any]) -> None:
    values["areas"][0]["level"] = "province"


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_without_last_resort, "last resort"),
        (_post_without_unit, "post post_c1: no unit unit_none"),
        (_area_off_its_path, "area d1-s1-c1: the path does not run through its parent"),
        (_rule_for_nobody, "rules.1.lead.postId: There is no post post_none."),
        (_twice, "units: unit_centre is there twice"),
        (_crossed_outline, "area d1-s1: boundary"),
        (_point, "area d1-s1: boundary: not a Polygon"),
        (_same_person, "post post_c1: A and B are the same person"),
        (_unit_above_itself, "unit unit_centre: it stands above itself"),
        (_grid_in_a_building, "area d1-s1-c1: a district does not lie in a street"),
        (_overlay_of_no_time, "area key_1: it ends before it begins"),
        (_wrong_shape, "$.areas[0].level"),
    ],
)
async def test_a_file_that_is_wrong_is_named_with_its_problem_and_changes_nothing(
    bare: World, file: Path, capsys: pytest.CaptureFixture[str], spoil: Any, named: str
) -> None:
    values = district.raw()
    spoil(values)
    change(file, **values)

    assert await run(bare, "load", str(file)) == 1

    said = capsys.readouterr().err
    assert f"{file}: not loaded" in said
    assert named in said
    assert await current_version(bare.mongo) == 0
    assert await bare.told("area") == []


async def test_a_missing_or_broken_file_is_named(
    bare: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")

    assert await run(bare, "load", str(tmp_path / "none.json")) == 1
    assert await run(bare, "load", str(broken)) == 1

    said = capsys.readouterr().err
    assert "none.json: not loaded\n  No such file" in said
    assert "broken.json: not loaded" in said


@pytest.mark.capability("R-16")
async def test_households_outside_the_norm_are_warned_about_and_loaded(
    bare: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    areas = district.raw()["areas"]
    areas[-1]["households"] = 501
    change(file, areas=areas)

    assert await run(bare, "load", str(file)) == 0

    assert f"area {areas[-1]['id']}: 501 households, the norm is 300 to 500" in capsys.readouterr().err


async def test_a_rule_for_an_unpublished_category_is_warned_about(
    bare: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from services.routing.consumers import CategoryPublished

    await bare.hear(CategoryPublished(code="env", name="环境", path=["env"]), "env")

    assert await run(bare, "load", str(file)) == 0

    said = capsys.readouterr().err
    assert "rule rule_noise: category noise is not published" in said
    assert "category env is" not in said


@pytest.mark.capability("R-19")
async def test_the_generated_district_loads_and_every_matter_has_a_lead(bare: World, tmp_path: Path) -> None:
    organisation, catalogue = build(None, None)
    write(tmp_path, organisation, catalogue)
    given = read_organisation(tmp_path / "organisation.json")

    changes = await load_organisation(bare.store, given)
    assert changes.added["areas"] == len(given.areas)
    assert str(await load_organisation(bare.store, given)) == "nothing changed"

    await bare.directory.refresh()
    table = RoutingTable(bare.directory.current)
    for category in catalogue["categories"]:
        for area in given.areas[:60]:
            facts = Facts(category_path=tuple(category["path"]), area_path=area.path)
            assert table.decide(facts).lead_post in bare.directory.current.posts


def _features(*features: tuple[dict[str, Any], dict[str, Any]]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": p, "geometry": g} for p, g in features],
        }
    )


async def test_outlines_redraw_known_areas_and_define_new_ones(world: World, tmp_path: Path) -> None:
    file = tmp_path / "streets.geojson"
    file.write_text(
        _features(
            ({"name": "区域 d1-s1"}, square(113.0, 113.019)),
            ({"name": "新街道", "code": "440112009"}, square(113.05, 113.06)),
        )
    )

    assert await run(world, "load-boundaries", str(file), "--level", "street") == 0

    told = [json.loads(row["data"]) for row in (await world.told("area"))[-2:]]
    assert [(data["areaId"], data["areaVersion"], data["path"]) for data in told] == [
        ("d1-s1", 2, ["d1", "d1-s1"]),
        ("440112009", 1, ["d1", "440112009"]),
    ]
    row = await world.mongo[AREAS.collection.name].find_one({"_id": "d1-s1"})
    assert row
    assert row["households"] == 400
    count = len(await world.told("area"))
    assert await run(world, "load-boundaries", str(file), "--level", "street") == 0
    assert len(await world.told("area")) == count


@pytest.mark.parametrize(
    ("features", "words", "named"),
    [
        ([({}, square(113, 113.1))], ["--level", "street"], "feature 0: no name"),
        ([({"name": "甲"}, square(113, 113.1))], ["--level", "street"], "甲: neither id nor code"),
        ([({"name": "甲", "id": "x"}, square(113, 113.1))], ["--level", "grid"], "2 areas of level community"),
        (
            [({"name": "甲", "id": "x"}, square(113, 113.1))],
            ["--level", "grid", "--parent", "none"],
            "no area none to lie in",
        ),
        (
            [({"name": "甲", "id": "x"}, {"type": "Point", "coordinates": [113, 23]})],
            ["--level", "street"],
            "甲: a Point",
        ),
        ([], ["--level", "street"], "no feature in it"),
    ],
)
async def test_outlines_that_cannot_be_placed_are_named(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], features: Any, words: list[str], named: str
) -> None:
    file = tmp_path / "streets.geojson"
    file.write_text(_features(*features))

    assert await run(world, "load-boundaries", str(file), *words) == 1

    assert named in capsys.readouterr().err


async def test_problems_are_all_listed(bare: World) -> None:
    values = district.raw()
    _post_without_unit(values)
    _rule_for_nobody(values)

    with pytest.raises(LoadRefused) as refused:
        await load_organisation(bare.store, district.organisation(values))

    assert len(refused.value.problems) == 2
    assert "post_none" in str(refused.value)

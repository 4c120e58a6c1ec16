"""The demonstration district: same bytes, the figures of the seeds, no gap, a lead everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from shapely import STRtree, union_all
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from dev.district import build, demo_people
from dev.district.__main__ import main
from dev.district.checks import household_warnings, leads, leaves
from dev.district.model import Area, Catalogue, Organisation
from dev.district.write import write
from services.routing.files import read_organisation
from services.routing.model.organisation.teams import GRID_ROLES, team

District = tuple[Organisation, Catalogue]

# Present beside a checkout in development and in CI.
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
STREETS = SHARED / "streets.geojson"
TREE = SHARED / "categories_zh.json"

# Square degrees: a few square metres.
SLIVER = 5e-10


@pytest.fixture(scope="module")
def district() -> District:
    return build()


@pytest.fixture(scope="module")
def real_district() -> District:
    return build(STREETS, TREE)


@pytest.fixture(scope="module", params=["own", "real"])
def either(request: pytest.FixtureRequest) -> District:
    name = "district" if request.param == "own" else "real_district"
    found: District = request.getfixturevalue(name)
    return found


def _level(areas: list[Area], level: str) -> list[Area]:
    return [area for area in areas if area["level"] == level]


def test_routing_reads_it_and_finds_nothing_wrong(either: District, tmp_path: Path) -> None:
    write(tmp_path, *either)

    assert read_organisation(tmp_path / "organisation.json").problems() == []


@pytest.mark.parametrize(
    "options", [[], ["--boundaries", str(STREETS), "--categories", str(TREE)]], ids=["own", "real"]
)
def test_writes_the_same_bytes_every_time(tmp_path: Path, options: list[str]) -> None:
    written = []
    for name in ("once", "again"):
        assert main(["--output", str(tmp_path / name), *options]) == 0
        written.append([(tmp_path / name / file).read_bytes() for file in ("organisation.json", "categories.json")])

    assert written[0] == written[1]


def test_refuses_a_file_without_streets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.geojson"
    empty.write_text('{"type":"FeatureCollection","features":[]}', encoding="utf-8")

    assert main(["--output", str(tmp_path), "--boundaries", str(empty)]) == 1
    assert "no street" in capsys.readouterr().err


@pytest.mark.capability("R-16")
def test_has_the_hierarchy_of_the_seeds(either: District) -> None:
    areas = either[0]["areas"]
    main_street = [area for area in areas if "d01-s01" in area["path"]]

    assert Counter(area["level"] for area in areas) == {
        "district": 1,
        "street": 17,
        "community": 52,
        "grid": 115,
        "micro_grid": 393,
        "building": 3,
    }
    assert len(_level(main_street, "community")) == 14
    assert len(_level(main_street, "grid")) == 56


@pytest.mark.capability("R-16")
def test_paths_run_from_the_district_to_the_area(either: District) -> None:
    by_id = {area["id"]: area for area in either[0]["areas"]}

    assert len(by_id) == len(either[0]["areas"])
    for area in by_id.values():
        parent = by_id[area["parent_id"]] if area["parent_id"] else None
        assert area["path"] == [*(parent["path"] if parent else []), area["id"]]


@pytest.mark.capability("R-16")
def test_parts_tile_the_whole_at_every_level(either: District) -> None:
    areas = either[0]["areas"]
    outlines = {area["id"]: shape(area["boundary"]) for area in areas}
    parts: dict[str, list[BaseGeometry]] = {}
    for area in areas:
        assert outlines[area["id"]].is_valid, area["id"]
        assert not outlines[area["id"]].is_empty, area["id"]
        if area["level"] == "building":  # it stands in its micro-grid, which has more than buildings
            assert outlines[area["parent_id"] or ""].contains(outlines[area["id"]])
        elif area["parent_id"]:
            parts.setdefault(area["parent_id"], []).append(outlines[area["id"]])

    for whole, pieces in parts.items():
        gap = outlines[whole].symmetric_difference(union_all(pieces)).area
        overlap = sum(piece.area for piece in pieces) - union_all(pieces).area
        # Published outlines overlap by a hair at the streets' edges.
        allowed = SLIVER if whole != "d01" else 1e-7 * outlines[whole].area + SLIVER
        assert gap < allowed, whole
        assert overlap < allowed, whole


@pytest.mark.capability("R-16")
def test_own_polygons_share_their_vertices_exactly(district: District) -> None:
    leaves_of = _level(district[0]["areas"], "micro_grid")
    outlines = [shape(area["boundary"]) for area in leaves_of]
    tree = STRtree(outlines)

    for index, outline in enumerate(outlines):
        neighbours = [outlines[other] for other in tree.query(outline) if other != index]
        assert all(outline.intersection(other).area == 0 for other in neighbours)


def test_a_micro_grid_is_one_piece_of_a_plausible_size(district: District) -> None:
    for area in _level(district[0]["areas"], "micro_grid"):
        outline = shape(area["boundary"])
        square_km = outline.area * 111.32 * 102.4
        assert outline.geom_type == "Polygon"
        assert 0.05 < square_km < 1, area["id"]


def test_households_add_up(either: District) -> None:
    areas = [area for area in either[0]["areas"] if area["level"] != "building"]
    below: Counter[str] = Counter()
    for area in areas:
        below[area["parent_id"] or ""] += area["households"] or 0

    for area in areas:
        assert area["households"]
        assert area["population"]
        if area["level"] != "micro_grid":
            assert area["households"] == below[area["id"]]


@pytest.mark.capability("R-16")
def test_a_grid_outside_the_norm_is_a_warning(
    district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grids = _level(district[0]["areas"], "grid")
    warnings = household_warnings(district[0]["areas"])

    assert 0 < len(warnings) < len(grids) / 10
    assert main(["--output", str(tmp_path)]) == 0
    assert capsys.readouterr().err.count("warning:") == len(warnings)


@pytest.mark.capability("I-12")
def test_has_ten_top_level_categories_with_two_to_four_children(district: District) -> None:
    categories = district[1]["categories"]
    children = Counter(category["parent"] for category in categories)
    disputes = {category["dispute_type"] for category in categories}

    assert children.pop(None) == 10
    assert all(2 <= count <= 4 for count in children.values())
    assert disputes == {
        None,
        "neighbour",
        "property",
        "labour_wage",
        "lift_retrofit",
        "land",
        "family",
        "consumer",
        "other",
    }


@pytest.mark.capability("I-12")
def test_category_paths_end_in_their_code(either: District) -> None:
    by_code = {category["code"]: category for category in either[1]["categories"]}

    assert len(by_code) == len(either[1]["categories"])
    for category in by_code.values():
        parent = by_code[category["parent"]] if category["parent"] else None
        assert category["path"] == [*(parent["path"] if parent else []), category["code"]]


@pytest.mark.capability("I-12")
def test_converts_a_real_tree_whole(real_district: District) -> None:
    categories = real_district[1]["categories"]

    assert Counter(len(category["path"]) for category in categories) == {1: 15, 2: 118, 3: 517}


@pytest.mark.capability("R-05")
def test_main_street_has_its_27_units(district: District) -> None:
    units = [unit for unit in district[0]["units"] if unit["area_id"].startswith("d01-s01")]
    kinds = Counter(unit["kind"] for unit in units)

    assert kinds["street_section"] == 8
    assert kinds["community_committee"] == 14
    assert kinds["stationed_unit"] == 5


@pytest.mark.capability("R-19")
def test_each_agency_of_the_main_street_belongs_to_one_of_four_boards(district: District) -> None:
    units = [unit for unit in district[0]["units"] if unit["area_id"] == "d01-s01"]
    boards = {unit["id"] for unit in units if unit["kind"] == "board"}
    agencies = [unit for unit in units if unit["kind"] in {"street_section", "stationed_unit"}]

    assert len(boards) == 4
    assert {agency["parent_id"] for agency in agencies} == boards


@pytest.mark.capability("R-17")
def test_each_grid_of_the_main_street_has_its_team_of_three(district: District) -> None:
    team = {"包格街道领导", "包格中层干部", "包格社区负责人"}
    for grid in _level(district[0]["areas"], "grid"):
        if "d01-s01" in grid["path"]:
            posts = [post["title"] for post in district[0]["posts"] if grid["id"] in post["area_ids"]]
            assert sorted(title for title in posts if title in team) == sorted(team)


@pytest.mark.capability("R-25")
def test_each_micro_grid_of_the_main_street_has_a_building_leader(district: District) -> None:
    homes = {
        responder["home_area_id"] for responder in district[0]["responders"] if responder["kind"] == "building_leader"
    }
    main_street = [area for area in district[0]["areas"] if "d01-s01" in area["path"]]

    assert homes == {area["id"] for area in _level(main_street, "micro_grid")}


@pytest.mark.capability("R-25")
def test_each_building_of_the_demonstration_grid_has_its_two_leaders(either: District) -> None:
    buildings = _level(either[0]["areas"], "building")
    roles = [
        (post["area_ids"], post["team_role"]) for post in either[0]["posts"] if "building" in post.get("team_role", "")
    ]

    assert len(buildings) == 3
    for building in buildings:
        assert sorted(role for places, role in roles if places == [building["id"]]) == [
            "posted_building_leader",
            "resident_building_leader",
        ]


@pytest.mark.capability("R-18")
def test_a_and_b_of_a_post_are_two_people(district: District) -> None:
    assert all(post["role_a"] != post["role_b"] for post in district[0]["posts"])


def _references(organisation: Organisation) -> Iterator[tuple[str, str | None]]:
    for unit in organisation["units"]:
        yield from (("units", unit["parent_id"]), ("areas", unit["area_id"]))
    for post in organisation["posts"]:
        yield from (("units", post["unit_id"]), ("people", post["role_a"]))
        yield ("people", post["role_b"])
        yield from (("areas", area_id) for area_id in post["area_ids"])
        yield from (("categories", code) for code in post["competences"])
    for responder in organisation["responders"]:
        yield from (("people", responder["person_id"]), ("areas", responder["home_area_id"]))
    for rule in organisation["rules"]:
        yield from (("categories", rule["category"]), ("areas", rule["area_id"]))
        yield ("posts", rule["lead"].get("post_id"))


def test_every_reference_names_something_that_exists(either: District) -> None:
    organisation, catalogue = either
    ids = {
        "areas": [area["id"] for area in organisation["areas"]],
        "units": [unit["id"] for unit in organisation["units"]],
        "people": [person["id"] for person in organisation["people"]],
        "posts": [post["id"] for post in organisation["posts"]],
        "responders": [responder["id"] for responder in organisation["responders"]],
        "rules": [rule["id"] for rule in organisation["rules"]],
        "categories": [category["code"] for category in catalogue["categories"]],
    }
    known = {kind: set(values) for kind, values in ids.items()}

    assert all(len(values) == len(known[kind]) for kind, values in ids.items())
    for kind, reference in _references(organisation):
        assert reference is None or reference in known[kind], (kind, reference)


def test_no_two_people_share_a_name(district: District) -> None:
    names = Counter(person["name"] for person in district[0]["people"])

    assert names.most_common(1)[0][1] == 1


@pytest.mark.capability("R-19", "R-31")
def test_every_matter_has_exactly_one_lead_post_in_every_area(either: District) -> None:
    organisation, catalogue = either
    # One grid stands for its micro-grids; the other levels stand for matters placed less well.
    areas = [area for area in organisation["areas"] if area["level"] != "micro_grid"]
    if len(catalogue["categories"]) > 100:
        areas = [area for area in areas if area["path"][1:2] in ([], ["d01-s01"], ["d01-s02"])]
    for category in leaves(catalogue["categories"]):
        for area in areas:
            rule, posts = next(leads(organisation, category, area))
            assert len(posts) == 1, (rule["id"], area["id"])


def test_a_known_street_never_needs_the_fallback(district: District) -> None:
    organisation, catalogue = district
    for category in leaves(catalogue["categories"]):
        for street in _level(organisation["areas"], "street"):
            rule, _ = next(leads(organisation, category, street))
            assert rule["id"] != "rule_fallback", (category["code"], street["id"])


def test_every_rule_leads_somewhere(either: District) -> None:
    organisation, catalogue = either
    met = {
        rule["id"]
        for category in catalogue["categories"]
        for area in organisation["areas"]
        if area["id"] in {"d01", "d01-s01-c01-g01", "d01-s02-c01-g01"}
        for rule, _ in leads(organisation, category, area)
    }

    assert met == {rule["id"] for rule in organisation["rules"]}


def test_demonstration_people_hold_the_posts_they_claim(either: District) -> None:
    organisation = either[0]
    posts = {post["id"]: post for post in organisation["posts"]}
    people = {person["id"] for person in organisation["people"]}
    areas = {area["id"]: area for area in organisation["areas"]}
    claims = demo_people()

    assert set(claims) == {"resident", "attendant", "handler", "centre", "mediator", "operator"}
    for role, claim in claims.items():
        assert claim["roles"] == [role]
        assert claim["sub"] in people
        if "area" in claim:
            assert claim["area"] in areas
        if "post" in claim:
            post = posts[str(claim["post"])]
            assert post["role_a"] == claim["sub"]
            assert post["unit_id"] == claim["unit"]
            assert claim["area"] in post["area_ids"]


@pytest.mark.capability("R-17")
def test_each_grid_of_the_main_street_has_police_lawyer_and_attendants_beside_its_three(
    district: District, tmp_path: Path
) -> None:
    write(tmp_path, *district)
    organisation = read_organisation(tmp_path / "organisation.json")
    for area in organisation.areas:
        if area.level == "grid" and "d01-s01" in area.path:
            assert {member.role for member in team(organisation.posts, area.path, GRID_ROLES)} == set(GRID_ROLES), (
                area.id
            )


@pytest.mark.capability("R-16")
def test_a_key_grid_cuts_across_the_tree(either: District) -> None:
    organisation, _ = either
    (key,) = organisation["overlays"]
    outline = shape(key["boundary"])
    shared = [
        a for a in _level(organisation["areas"], "grid") if shape(a["boundary"]).intersection(outline).area > SLIVER
    ]

    assert len(shared) > 1
    assert not any(shape(area["boundary"]).covers(outline) for area in shared)

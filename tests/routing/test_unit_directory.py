"""The directory of units, boards and agencies, teams of grids and leaders of buildings, as a front end asks for them."""

from typing import Any

import pytest

from services.routing.consumers import CategoryPublished
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, GRID_1, OTHER_SECTION, SECTION
from tests.routing.organisation_world import BUILDING, with_building
from tests.routing.world import DESK_OFFICER, RESIDENT, World

DIRECTORY = """
query($competence: ID, $area: ID) {
  unitDirectory(competence: $competence, area: $area) { unit { id phone dutyPhone head { id } } posts { id phone } }
}
"""
TEAM = """
query($id: ID!) {
  area(id: $id) {
    decisionTeam { members { role post { id } } missing }
    buildingLeaders { role post { id activeHolder { role } } }
  }
}
"""


def post(values: dict[str, Any], post_id: str, areas: list[str], role: str | None, unit: str = "unit_s1") -> None:
    template = values["posts"][0]
    named = {"id": post_id, "area_ids": areas, "team_role": role, "unit_id": unit, "competences": []}
    values["posts"].append({**template, **named})


async def entries(world: World, **given: str) -> dict[str, list[str]]:
    listed = (await world.ask(DIRECTORY, DESK_OFFICER, **given))["unitDirectory"]
    return {entry["unit"]["id"]: [post["id"] for post in entry["posts"]] for entry in listed}


@pytest.mark.capability("R-05")
async def test_units_are_found_by_what_they_are_competent_for_and_where_with_their_contacts(world: World) -> None:
    for code, path in (("env", ["env"]), ("env_waste", ["env", "env_waste"])):
        await world.hear(CategoryPublished(code=code, name=code, path=path), code)
    values = district.raw()
    unit = next(unit for unit in values["units"] if unit["id"] == "unit_s1")
    unit |= {"phone": "020-1", "duty_phone": "020-2", "head_post_id": SECTION}
    next(post for post in values["posts"] if post["id"] == SECTION)["phone"] = "020-3"
    await world.load(values)

    assert await entries(world, competence="env_waste") == {
        "unit_c1": [COMMITTEE],
        "unit_s1": [SECTION],
        "unit_s2": [OTHER_SECTION],
        "unit_dept": [DEPARTMENT],
    }
    here = await entries(world, competence="env_waste", area=GRID_1[-1])
    assert list(here.items()) == [("unit_c1", [COMMITTEE]), ("unit_s1", [SECTION]), ("unit_dept", [DEPARTMENT])]
    assert await entries(world, competence="env", area="d1-s2") == {
        "unit_s2": [OTHER_SECTION],
        "unit_dept": [DEPARTMENT],
    }
    assert await entries(world, competence="none") == {}
    assert await entries(world, area="none") == {}

    async def contacts(caller: Any) -> tuple[Any, ...]:
        listed = (await world.ask(DIRECTORY, caller, competence="env", area="d1-s1"))["unitDirectory"]
        (entry,) = (entry for entry in listed if entry["unit"]["id"] == "unit_s1")
        return entry["unit"]["phone"], entry["unit"]["dutyPhone"], entry["posts"][0]["phone"], entry["unit"]["head"]

    assert await contacts(DESK_OFFICER) == ("020-1", "020-2", "020-3", {"id": SECTION})
    assert await contacts(RESIDENT) == (None, None, None, {"id": SECTION})


@pytest.mark.capability("R-17")
async def test_a_grid_has_its_team_of_three_with_police_lawyer_and_attendants(world: World) -> None:
    values = district.raw()
    post(values, "post_leader", [GRID_1[-1], "d1-s1-c1-g2"], "street_leader")
    post(values, "post_cadre", [GRID_1[-1]], "middle_cadre")
    post(values, "post_head", [GRID_1[-1]], "community_head")
    post(values, "post_police_far", ["d1-s1"], "police")
    post(values, "post_police_near", ["d1-s1-c1"], "police")
    post(values, "post_lawyer", ["d1"], "lawyer")
    post(values, "post_att_1", [GRID_1[-1]], "attendant")
    post(values, "post_att_2", [GRID_1[-1]], "attendant")
    post(values, "post_att_other", ["d1-s1-c1-g2"], "attendant")
    await world.load(values)

    first = (await world.ask(TEAM, DESK_OFFICER, id=GRID_1[-1]))["area"]["decisionTeam"]
    assert [(member["role"], member["post"]["id"]) for member in first["members"]] == [
        ("STREET_LEADER", "post_leader"),
        ("MIDDLE_CADRE", "post_cadre"),
        ("COMMUNITY_HEAD", "post_head"),
        ("POLICE", "post_police_near"),
        ("LAWYER", "post_lawyer"),
        ("ATTENDANT", "post_att_1"),
        ("ATTENDANT", "post_att_2"),
    ]
    assert first["missing"] == []
    second = (await world.ask(TEAM, DESK_OFFICER, id="d1-s1-c1-g2"))["area"]["decisionTeam"]
    assert second["missing"] == ["MIDDLE_CADRE", "COMMUNITY_HEAD"]
    assert (await world.ask(TEAM, DESK_OFFICER, id="d1-s1"))["area"]["decisionTeam"] is None


@pytest.mark.capability("R-19")
async def test_a_board_shows_its_agencies_and_an_agency_its_board(world: World) -> None:
    values = district.raw()
    board = {**values["units"][0], "id": "unit_board", "kind": "board", "area_id": "d1-s1"}
    values["units"].append(board)
    for unit in values["units"]:
        if unit["id"] in ("unit_s1", "unit_c1"):
            unit["parent_id"] = {"unit_s1": "unit_board", "unit_c1": "unit_s1"}[unit["id"]]
    await world.load(values)

    listed = await world.ask("{ orgUnits(kind: BOARD) { id children { id board { id } children { board { id } } } } }")

    mine = {"id": "unit_board"}
    agency = {"id": "unit_s1", "board": mine, "children": [{"board": mine}]}
    assert listed["orgUnits"] == [{"id": "unit_board", "children": [agency]}]


@pytest.mark.capability("R-25")
async def test_a_building_has_two_contacts_one_who_lives_and_one_who_is_posted_there(world: World) -> None:
    values = with_building(district.raw())
    post(values, "post_resident", [BUILDING[-1]], "resident_building_leader", "unit_c1")
    assert f"area {BUILDING[-1]}: no posted_building_leader" in district.organisation(values).warnings()
    post(values, "post_posted", [BUILDING[-1]], "posted_building_leader", "unit_c1")
    assert district.organisation(values).warnings() == []
    await world.load(values)

    area = (await world.ask(TEAM, DESK_OFFICER, id=BUILDING[-1]))["area"]

    assert [(leader["role"], leader["post"]["id"]) for leader in area["buildingLeaders"]] == [
        ("RESIDENT_BUILDING_LEADER", "post_resident"),
        ("POSTED_BUILDING_LEADER", "post_posted"),
    ]
    assert [leader["post"]["activeHolder"] for leader in area["buildingLeaders"]] == [{"role": "A"}, {"role": "A"}]
    assert (await world.ask(TEAM, DESK_OFFICER, id=GRID_1[-1]))["area"]["buildingLeaders"] == []

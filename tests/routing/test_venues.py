"""Venues: kept by the centre of the area, shown to everybody."""

from typing import Any

import pytest

from tests.routing.district import COMMITTEE, GRID_1
from tests.routing.field_world import IN_GRID_1, IN_STREET_2, done, names, refused
from tests.routing.world import DESK_OFFICER, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

VENUE = "venue { id name area { id } staffPost { id } services hours { weekday opens closes } retired }"
HOURS = [
    {"weekday": 1, "opens": "14:00", "closes": "17:30"},
    {"weekday": 1, "opens": "09:00", "closes": "12:00"},
]
POST: dict[str, Any] = {
    "name": "平安驿站",
    "kind": "safety_post",
    "address": "和业路1号",
    "services": ["调解", "法律咨询"],
    "hours": HOURS,
    "staffPostId": COMMITTEE,
    **IN_GRID_1,
}
LIST = "query($filter: VenueFilter) { venues(filter: $filter) { nodes { name } } }"


@pytest.mark.capability("R-38")
async def test_a_resident_finds_a_venue_by_what_it_offers_and_when_it_is_open(world: World) -> None:
    venue = await done(world, "publishVenue", DESK_OFFICER, VENUE, venue=POST)
    await done(world, "publishVenue", STREET_2_CENTRE, VENUE, venue={**POST, "name": "议事亭", **IN_STREET_2})

    assert venue["area"] == {"id": GRID_1[-1]}
    for asked, found in (
        ({"service": "调解", "area": "d1-s1"}, ["平安驿站"]),
        ({"service": "住宿"}, []),
        ({"kind": "safety_post"}, ["平安驿站", "议事亭"]),
        (None, ["平安驿站", "议事亭"]),
    ):
        nodes = (await world.ask(LIST, RESIDENT, filter=asked))["venues"]["nodes"]
        assert sorted(node["name"] for node in nodes) == found
    seen = await world.ask("query($id: ID!) { venue(id: $id) { hours { opens } } }", RESIDENT, id=venue["id"])
    assert [row["opens"] for row in seen["venue"]["hours"]] == ["09:00", "14:00"]


@pytest.mark.capability("R-38")
async def test_a_venue_is_revised_and_closed_for_good_by_its_own_centre(world: World) -> None:
    venue = await done(world, "publishVenue", DESK_OFFICER, VENUE, venue=POST)
    of = {"venueId": venue["id"]}

    for caller in (RESIDENT, SECTION_HEAD, STREET_2_CENTRE):
        assert await refused(world, "retireVenue", caller, VENUE, **of) == "NOT_ALLOWED ROLE"
    revised = await done(world, "reviseVenue", DESK_OFFICER, VENUE, **of, venue={**POST, "services": ["接访"]})
    assert revised["services"] == ["接访"]
    assert (await done(world, "retireVenue", DESK_OFFICER, VENUE, **of))["retired"]
    assert await refused(world, "reviseVenue", DESK_OFFICER, VENUE, **of, venue=POST) == "VENUE_RETIRED"
    assert (await world.ask(LIST, RESIDENT))["venues"]["nodes"] == []
    assert await names(world, "venue") == ["published", "published", "retired"]


async def test_hours_that_cannot_be_are_refused(world: World) -> None:
    for hours in (
        [{"weekday": 8, "opens": "09:00", "closes": "12:00"}],
        [{"weekday": 1, "opens": "9:00", "closes": "12:00"}],
        [{"weekday": 1, "opens": "12:00", "closes": "09:00"}],
        [HOURS[0], {"weekday": 1, "opens": "17:00", "closes": "18:00"}],
    ):
        assert (
            await refused(world, "publishVenue", DESK_OFFICER, VENUE, venue={**POST, "hours": hours}) == "HOURS_WRONG"
        )

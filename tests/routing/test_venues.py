"""Venues: kept by the centre of the area, shown to everybody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.routing.district import COMMITTEE, GRID_1, SECTION, UNIT_OF
from tests.routing.field_world import IN_GRID_1, IN_STREET_2, done, names, refused
from tests.routing.world import DESK_OFFICER, MEDIATOR, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

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


BOOKED = "venue { id bookings { id use startsAt endsAt unit { id } } }"
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine o'clock in Guangzhou


def from_to(start: float, end: float) -> dict[str, str]:
    """Hours after nine on Monday."""
    return {
        "startsAt": (MONDAY + timedelta(hours=start)).isoformat(),
        "endsAt": (MONDAY + timedelta(hours=end)).isoformat(),
    }


@pytest.mark.capability("R-38")
async def test_a_venue_is_booked_while_it_is_open_and_free_and_freed_by_who_booked_it(world: World) -> None:
    venue = await done(world, "publishVenue", DESK_OFFICER, VENUE, venue=POST)
    of = {"venueId": venue["id"], "use": "MEDIATION"}

    booked = await done(world, "bookVenue", MEDIATOR, BOOKED, **of, **from_to(0, 2))
    (booking,) = booked["bookings"]
    assert (booking["use"], booking["startsAt"], booking["unit"]) == ("MEDIATION", MONDAY.isoformat(), None)
    for taken in (from_to(1, 3), from_to(0.5, 1)):
        assert await refused(world, "bookVenue", SECTION_HEAD, BOOKED, **of, **taken) == "VENUE_TAKEN"
    assert await refused(world, "bookVenue", SECTION_HEAD, BOOKED, **of, **from_to(-1, 0)) == "VENUE_CLOSED_THEN"
    assert await refused(world, "bookVenue", SECTION_HEAD, BOOKED, **of, **from_to(2, 6)) == "VENUE_CLOSED_THEN"
    assert await refused(world, "bookVenue", SECTION_HEAD, BOOKED, **of, **from_to(24, 25)) == "VENUE_CLOSED_THEN"
    assert await refused(world, "bookVenue", SECTION_HEAD, BOOKED, **of, **from_to(2, 2)) == "BOOKING_WRONG"
    assert await refused(world, "bookVenue", SECTION_HEAD, BOOKED, **of, **from_to(-24, -23)) == "BOOKING_WRONG"
    assert await refused(world, "bookVenue", RESIDENT, BOOKED, **of, **from_to(2, 3)) == "NOT_ALLOWED ROLE"
    await done(world, "bookVenue", SECTION_HEAD, BOOKED, **of, **from_to(2, 3))
    assert await refused(world, "retireVenue", DESK_OFFICER, VENUE, venueId=venue["id"]) == "VENUE_BOOKED_AHEAD"

    gone = {"venueId": venue["id"], "bookingId": booking["id"]}
    assert await refused(world, "freeVenue", SECTION_HEAD, BOOKED, **gone) == "NOT_ALLOWED NOT_YOURS"
    assert await refused(world, "freeVenue", RESIDENT, BOOKED, **gone) == "NOT_FOUND"
    freed = await done(world, "freeVenue", MEDIATOR, BOOKED, **gone)
    assert [one["unit"] for one in freed["bookings"]] == [{"id": UNIT_OF[SECTION]}]
    assert await refused(world, "freeVenue", DESK_OFFICER, BOOKED, **gone) == "NOT_FOUND"
    seen = "query($id: ID!) { venue(id: $id) { bookings { id } } }"
    assert (await world.ask(seen, RESIDENT, id=venue["id"]))["venue"]["bookings"] == []
    assert await names(world, "venue") == ["published", "booked", "booked", "freed"]


@pytest.mark.capability("R-38", "R-33")
async def test_a_conference_is_held_at_a_venue_that_is_booked_with_it(world: World) -> None:
    venue = await done(world, "publishVenue", DESK_OFFICER, VENUE, venue=POST)
    order = await world.dispatched()
    shown = "meeting { id place venue { id bookings { use } } }"
    convene: dict[str, Any] = {"workOrderId": order.id, "reason": "权属不清", "members": ["unit_dept"]}
    at = {"venueId": venue["id"], "meetsAt": MONDAY.isoformat()}

    assert (
        await refused(world, "conveneConference", DESK_OFFICER, shown, **convene, meetsAt=at["meetsAt"])
        == "TEXT_MISSING"
    )
    assert await refused(world, "conveneConference", DESK_OFFICER, shown, **convene, **at) == "BOOKING_WRONG"
    late = (MONDAY + timedelta(hours=5)).isoformat()
    assert (
        await refused(world, "conveneConference", DESK_OFFICER, shown, **convene, **at, endsAt=late)
        == "VENUE_CLOSED_THEN"
    )
    ends = {"endsAt": (MONDAY + timedelta(hours=2)).isoformat()}
    nowhere = {**at, **ends, "venueId": "venue_none"}
    assert await refused(world, "conveneConference", DESK_OFFICER, shown, **convene, **nowhere) == "NOT_FOUND"
    meeting = await done(world, "conveneConference", DESK_OFFICER, shown, **convene, **at, **ends)

    assert meeting["place"] == "平安驿站, 和业路1号"
    assert meeting["venue"] == {"id": venue["id"], "bookings": [{"use": "MEETING"}]}
    other = await world.dispatched("report_2")
    again = {**convene, "workOrderId": other.id}
    assert await refused(world, "conveneConference", DESK_OFFICER, shown, **again, **at, **ends) == "VENUE_TAKEN"
    assert await names(world, "meeting") == ["convened"]

"""Commands on venues; for the centre of the area."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.field import require_keeper
from services.routing.access.staff import commands, is_staff
from services.routing.errors.venue import BookingNotYours
from services.routing.handlers.commands import change, create
from services.routing.handlers.field.lookups import area_of_place, known_post
from services.routing.model.order.venue import OpeningHours, Venue, VenueRecord, VenueUse
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.point import Point
from services.routing.store.venue import VENUES


class VenueGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A venue as it is given; its area is found by the place."""

    name: str
    kind: str
    address: str
    lon: float
    lat: float
    services: tuple[str, ...]
    hours: tuple[OpeningHours, ...]
    staff_post: str


async def publish_venue(store: Store, directory: Directory, caller: Caller, key: str, given: VenueGiven) -> Venue:
    """Add a venue. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Venue, Sequence[EventData]]:
        return Venue.publish(await _record(unit, directory, caller, given))

    return await create(store, VENUES, caller, "publishVenue", key, [msgspec.to_builtins(given)], decide)


async def revise_venue(
    store: Store, directory: Directory, caller: Caller, key: str, venue_id: str, given: VenueGiven
) -> Venue:
    """Say something else of it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, venue: Venue) -> Sequence[EventData]:
        require_keeper(caller, venue.area_path)
        return venue.revise(await _record(unit, directory, caller, given))

    return await change(store, VENUES, caller, "reviseVenue", key, venue_id, [msgspec.to_builtins(given)], decide)


async def retire_venue(store: Store, caller: Caller, key: str, venue_id: str) -> Venue:
    """Close it for good. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, venue: Venue) -> Sequence[EventData]:
        require_keeper(caller, venue.area_path)
        return venue.retire(unit.now)

    return await change(store, VENUES, caller, "retireVenue", key, venue_id, [], decide)


async def book_venue(
    store: Store, caller: Caller, key: str, venue_id: str, use: VenueUse, starts_at: datetime, ends_at: datetime
) -> Venue:
    """Staff have the venue for a time. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, venue: Venue) -> Sequence[EventData]:
        if not caller.has("attendant", "handler", "centre", "mediator"):
            raise RoleMissing(roles="attendant, handler, centre, mediator")
        return venue.book(use, None, (starts_at, ends_at), unit.now, caller.actor)

    return await change(store, VENUES, caller, "bookVenue", key, venue_id, [use, starts_at, ends_at], decide)


async def free_venue(store: Store, caller: Caller, key: str, venue_id: str, booking_id: str) -> Venue:
    """Who booked it, who receives people there, or the centre gives the time back. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, venue: Venue) -> Sequence[EventData]:
        if not is_staff(caller):
            raise NotFound(what="booking", path=("bookingId",))
        by = venue.booking(booking_id).by
        own = by.person == caller.person or (by.unit is not None and by.unit == caller.unit)
        if not (own or caller.post == venue.staff_post or commands(caller, venue.area_path)):
            raise BookingNotYours
        return venue.free(booking_id)

    return await change(store, VENUES, caller, "freeVenue", key, venue_id, [booking_id], decide)


async def hold_at(
    unit: UnitOfWork, venue_id: str, use: VenueUse, subject_id: str, period: tuple[datetime, datetime]
) -> Venue:
    """Stage that something takes place at a venue of the register. Raises Refusal."""
    venue = await unit.get(VENUES, venue_id)
    unit.save(VENUES, venue, venue.book(use, subject_id, period, unit.now, unit.actor))
    return venue


async def _record(unit: UnitOfWork, directory: Directory, caller: Caller, given: VenueGiven) -> VenueRecord:
    place = Point.at(given.lon, given.lat)
    area = await area_of_place(unit.mongo, directory, caller, place, None)
    require_keeper(caller, area.path)
    return VenueRecord(
        name=given.name,
        kind=given.kind,
        address=given.address,
        place=place,
        area_id=area.id,
        area_path=area.path,
        services=given.services,
        hours=given.hours,
        staff_post=known_post(directory, given.staff_post, ("staffPostId",)).id,
    )

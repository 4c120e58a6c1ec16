"""Venues. Visible to every authenticated caller."""

from datetime import datetime
from typing import Self

import strawberry
import strawberry.federation

from services.routing.access.staff import is_staff
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.order import venue as model


@strawberry.type(description="When it is open. 开放时间。")
class OpeningHours:
    weekday: int = strawberry.field(description="1 is Monday. 星期。")
    opens: str
    closes: str


@strawberry.type(description="Who has it when. 预约。")
class VenueBooking:
    id: strawberry.ID
    use: model.VenueUse
    starts_at: datetime
    ends_at: datetime
    _unit: strawberry.Private[str | None]

    @strawberry.field(description="Who booked it. 预约单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._unit) if self._unit else None


@strawberry.federation.type(keys=["id"], description="A place where people are received. 阵地。")
class Venue:
    id: strawberry.ID
    name: str
    kind: str
    address: str
    lon: float
    lat: float
    services: list[str]
    hours: list[OpeningHours]
    retired: bool
    _venue: strawberry.Private[model.Venue]

    @strawberry.field(description="Where. 所在区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._venue.area_id)

    @strawberry.field(description="Who receives people there. 值守岗位。")
    def staff_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._venue.staff_post)

    @strawberry.field(description="Who has it when, the first to begin first; staff. 预约情况。")
    def bookings(self, info: Info) -> list[VenueBooking]:
        if not is_staff(info.context.viewer):
            return []
        return [
            VenueBooking(
                id=strawberry.ID(one.id), use=one.use, starts_at=one.starts_at, ends_at=one.ends_at, _unit=one.by.unit
            )
            for one in self._venue.bookings
        ]

    @classmethod
    def of(cls, venue: model.Venue) -> Self:
        """The venue as GraphQL shows it."""
        return cls(
            id=strawberry.ID(venue.id),
            name=venue.name,
            kind=venue.kind,
            address=venue.address,
            lon=venue.place.lon,
            lat=venue.place.lat,
            services=list(venue.services),
            hours=[OpeningHours(weekday=h.weekday, opens=h.opens, closes=h.closes) for h in venue.hours],
            retired=venue.retired_at is not None,
            _venue=venue,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Venue | None":
        return await venue_of(info.context, id)


async def venue_of(context: Context, venue_id: str) -> Venue | None:
    """The venue with this id, None without one. Raises Unauthenticated."""
    context.require_caller()
    venue = await context.venues.load(venue_id)
    return Venue.of(venue) if venue else None

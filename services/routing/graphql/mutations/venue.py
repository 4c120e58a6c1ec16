"""Input, payload and resolver of each mutation on venues."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.venue import Venue
from services.routing.handlers.order import venue as handlers
from services.routing.model.order import venue as model


@strawberry.type
class VenuePayload:
    """The venue as it is now, null when refused. 阵地,被拒绝时为空。"""

    venue: Venue | None
    errors: list[UserError]


@strawberry.input
class OpeningHoursInput:
    weekday: int = strawberry.field(description="1 is Monday. 星期。")
    opens: str = strawberry.field(description="HH:MM")
    closes: str = strawberry.field(description="HH:MM")


@strawberry.input
class VenueInput:
    name: str
    kind: str
    address: str
    lon: float
    lat: float
    services: list[str]
    hours: list[OpeningHoursInput]
    staff_post_id: strawberry.ID


@strawberry.input
class PublishVenueInput:
    idempotency_key: str = strawberry.field(description=KEY)
    venue: VenueInput


@strawberry.input
class ReviseVenueInput:
    idempotency_key: str = strawberry.field(description=KEY)
    venue_id: strawberry.ID
    venue: VenueInput


@strawberry.input
class RetireVenueInput:
    idempotency_key: str = strawberry.field(description=KEY)
    venue_id: strawberry.ID


@strawberry.input
class BookVenueInput:
    idempotency_key: str = strawberry.field(description=KEY)
    venue_id: strawberry.ID
    use: model.VenueUse
    starts_at: datetime
    ends_at: datetime


@strawberry.input
class FreeVenueInput:
    idempotency_key: str = strawberry.field(description=KEY)
    venue_id: strawberry.ID
    booking_id: strawberry.ID


@strawberry.type
class VenueMutations:
    @strawberry.mutation(description="Add a venue; for the centre. 发布阵地。")
    async def publish_venue(
        self, info: Info, given: Annotated[PublishVenueInput, strawberry.argument(name="input")]
    ) -> VenuePayload:
        c = info.context
        return await _payload(
            info,
            handlers.publish_venue(c.store, c.directory, c.viewer, given.idempotency_key, _venue(given.venue)),
        )

    @strawberry.mutation(description="Say something else of it; for the centre. 修订阵地。")
    async def revise_venue(
        self, info: Info, given: Annotated[ReviseVenueInput, strawberry.argument(name="input")]
    ) -> VenuePayload:
        c = info.context
        doing = handlers.revise_venue(
            c.store, c.directory, c.viewer, given.idempotency_key, given.venue_id, _venue(given.venue)
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Close it for good; for the centre. 停用阵地。")
    async def retire_venue(
        self, info: Info, given: Annotated[RetireVenueInput, strawberry.argument(name="input")]
    ) -> VenuePayload:
        c = info.context
        return await _payload(info, handlers.retire_venue(c.store, c.viewer, given.idempotency_key, given.venue_id))

    @strawberry.mutation(description="Have the venue for a time while it is open and free; for staff. 预约阵地。")
    async def book_venue(
        self, info: Info, given: Annotated[BookVenueInput, strawberry.argument(name="input")]
    ) -> VenuePayload:
        c = info.context
        doing = handlers.book_venue(
            c.store, c.viewer, given.idempotency_key, given.venue_id, given.use, given.starts_at, given.ends_at
        )
        return await _payload(info, doing)

    @strawberry.mutation(
        description="Give a booked time back; for who booked it, who receives people there, the centre. 取消预约。"
    )
    async def free_venue(
        self, info: Info, given: Annotated[FreeVenueInput, strawberry.argument(name="input")]
    ) -> VenuePayload:
        c = info.context
        doing = handlers.free_venue(c.store, c.viewer, given.idempotency_key, given.venue_id, given.booking_id)
        return await _payload(info, doing)


def _venue(given: VenueInput) -> handlers.VenueGiven:
    return handlers.VenueGiven(
        name=given.name,
        kind=given.kind,
        address=given.address,
        lon=given.lon,
        lat=given.lat,
        services=tuple(given.services),
        hours=tuple(model.OpeningHours(weekday=row.weekday, opens=row.opens, closes=row.closes) for row in given.hours),
        staff_post=given.staff_post_id,
    )


async def _payload(info: Info, doing: Awaitable[model.Venue]) -> VenuePayload:
    venue, errors = await outcome(info, doing)
    return VenuePayload(venue=Venue.of(venue) if venue else None, errors=errors)

"""Responders as their viewers see them: positions and vetting are for the person and the command centre."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

import strawberry

from services.routing.access.responder import locates_responder, sees_responder
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.model.clock.calendar import LOCAL
from services.routing.model.dispatch import responder as model

strawberry.enum(
    model.Availability, name="ResponderAvailability", description="Whether a responder can be sent now. 处置力量状态。"
)
strawberry.enum(
    model.RegisteredKind, name="RegisteredResponderKind", description="Who registers oneself. 登记力量类型。"
)


@strawberry.type(description="Where a responder was (WGS-84). 位置。")
class ResponderPosition:
    lon: float
    lat: float
    accuracy_m: float = strawberry.field(description="How far off it may be, in metres. 精度(米)。")
    at: datetime


@strawberry.type(description="Duties done in a year against the target. 年度服务情况。")
class YearOfService:
    year: int
    hours: float
    duties: int
    target_hours: int = strawberry.field(description="0: none was set. 年度目标时数。")


@strawberry.type(description="Somebody, or a team, that can be sent. 处置力量。")
class Responder:
    id: strawberry.ID
    kind: str = strawberry.field(description="attendant, officer, team, volunteer, reservist, partner … 类型。")
    name: str
    skills: list[str]
    registered: bool = strawberry.field(description="Registered oneself, not in the organisation's file. 自行登记。")
    employer: str | None
    retired: bool
    availability: model.Availability
    since: datetime = strawberry.field(description="Since when available so. 状态起始时间。")
    position: ResponderPosition | None = strawberry.field(description="For the command centre. 位置,限指挥中心。")
    vetted_until: datetime | None = strawberry.field(
        description="Fit for sensitive matters until then; for the command centre. 涉敏审查有效期。"
    )
    _responder: strawberry.Private[model.Responder]

    @strawberry.field(description="Where it is at home. 所属区域。")
    def home_area(self, info: Info) -> Area | None:
        return area_of(info.context, self._responder.home_area_id)

    @strawberry.field(description="What was done in a year, this one by default. 年度服务情况。")
    def service(self, info: Info, year: int | None = None) -> YearOfService:
        return year_of_service(self._responder, year or info.context.store.clock().astimezone(LOCAL).year)

    @classmethod
    def of(cls, responder: model.Responder, *, located: bool) -> Self:
        """The entry; `located` with position and vetting."""
        where = responder.position if located else None
        return cls(
            id=strawberry.ID(responder.id),
            kind=responder.kind,
            name=responder.name,
            skills=list(responder.skills),
            registered=responder.registered,
            employer=responder.employer,
            retired=responder.retired,
            availability=responder.availability,
            since=responder.since,
            position=ResponderPosition(lon=where.lon, lat=where.lat, accuracy_m=where.accuracy_m, at=where.at)
            if where
            else None,
            vetted_until=responder.vetting.valid_until if located and responder.vetting else None,
            _responder=responder,
        )


def year_of_service(responder: model.Responder, year: int) -> YearOfService:
    """What a responder did in a year."""
    done = responder.service.get(str(year), model.Service())
    return YearOfService(
        year=year, hours=round(done.minutes / 60, 2), duties=done.duties, target_hours=responder.yearly_hours
    )


async def named(context: Context, ids: Sequence[str]) -> list[Responder]:
    """Who stands in something the viewer may see, wherever they are at home; not where they are now."""
    found = await context.responders.load_many(list(ids))
    return [Responder.of(responder, located=False) for responder in found if responder]


def seen_responder(context: Context, responder: model.Responder | None) -> Responder | None:
    """The entry as the viewer sees it, None when not at all."""
    if responder is None or not sees_responder(context.viewer, responder):
        return None
    return Responder.of(responder, located=locates_responder(context.viewer, responder))

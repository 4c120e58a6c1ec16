"""The register of responders: lists, who is near, and what employers are told."""

import strawberry

from services.chassis.errors import InvalidInput, RoleMissing
from services.chassis.graphql.connection import MAX_PAGE, Connection, page
from services.chassis.mongo import Document
from services.routing.access.staff import is_staff
from services.routing.graphql.context import Info
from services.routing.graphql.types.responder import Responder, YearOfService, seen_responder, year_of_service
from services.routing.model.dispatch.responder import Availability
from services.routing.model.organisation.point import Point
from services.routing.store.responder import REGISTER
from services.routing.views import responder as views


@strawberry.input(description="Around a point (WGS-84). 周边范围。")
class NearInput:
    lon: float
    lat: float
    within_m: float = 5000.0


@strawberry.input(description="Which responders. 处置力量筛选。")
class ResponderFilter:
    area: strawberry.ID | None = strawberry.field(default=None, description="At home in this area. 所属区域及下级。")
    kind: str | None = None
    skill: str | None = None
    availability: Availability | None = None


@strawberry.type(description="What an employer is told of one reservist. 在职人员服务反馈。")
class EmployerFeedback:
    responder: Responder
    service: YearOfService
    target_reached: bool | None = strawberry.field(description="Null without a target. 是否达标。")


@strawberry.type
class ResponderQueries:
    @strawberry.field(description="An entry of the register. 处置力量。")
    async def responder(self, info: Info, id: strawberry.ID) -> Responder | None:
        return seen_responder(info.context, await info.context.responders.load(id))

    @strawberry.field(description="The caller's own entry. 本人登记。")
    async def my_responder(self, info: Info) -> Responder | None:
        found = await views.of_person(info.context.store.mongo, info.context.viewer.person)
        return seen_responder(info.context, found)

    @strawberry.field(description="Those at home in the caller's area; for staff. 处置力量列表,限工作人员。")
    async def responders(
        self, info: Info, filter: ResponderFilter | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Responder]:
        context, asked = info.context, filter or ResponderFilter()
        if not is_staff(context.viewer) or context.viewer.area is None:
            raise RoleMissing(roles="attendant, handler, centre")
        where = views.register_list(
            context.viewer, area=asked.area, kind=asked.kind, availability=asked.availability, skill=asked.skill
        )

        def to_node(document: Document) -> Responder:
            seen = seen_responder(context, REGISTER.from_document(document))
            assert seen  # the filter lets no other through
            return seen

        return await page(
            *(context.store.mongo, views.RESPONDERS, where, to_node),
            first=first,
            after=after,
            order_by="_id",
            descending=False,
        )

    @strawberry.field(
        description="Those at work near a point, nearest first; for the centre of their home. 周边力量,限指挥中心。"
    )
    async def responders_near(
        self, info: Info, near: NearInput, skill: str | None = None, available: bool = True, first: int = 20
    ) -> list[Responder]:
        context = info.context
        if not context.viewer.has("centre") or context.viewer.area is None:
            raise RoleMissing(roles="centre")
        if not 1 <= first <= MAX_PAGE:
            raise InvalidInput(path=("first",), reason=f"1..{MAX_PAGE}")
        if not (-180 <= near.lon <= 180 and -90 <= near.lat <= 90 and near.within_m > 0):
            raise InvalidInput(path=("near",), reason="lon -180..180, lat -90..90, withinM > 0")
        where: Document = {"area_path": context.viewer.area}
        if skill is not None:
            where["skills"] = skill
        if available:
            where["availability"] = Availability.ON_DUTY.value
        found = await views.near(context.store.mongo, Point(lon=near.lon, lat=near.lat), near.within_m, first, where)
        return [Responder.of(responder, located=True) for responder in found]

    @strawberry.field(
        description="What an employer's reservists did in a year; for the centre of their home. 反馈所在单位,限指挥中心。"
    )
    async def employer_feedback(self, info: Info, employer: str, year: int) -> list[EmployerFeedback]:
        context = info.context
        if not context.viewer.has("centre") or context.viewer.area is None:
            raise RoleMissing(roles="centre")
        found = await views.of_employer(context.store.mongo, context.viewer, employer)
        rows = [(responder, year_of_service(responder, year)) for responder in found]
        return [
            EmployerFeedback(
                responder=Responder.of(responder, located=False),
                service=service,
                target_reached=service.hours >= service.target_hours if service.target_hours else None,
            )
            for responder, service in rows
        ]

"""Shifts and who is on duty."""

from datetime import datetime, timedelta

import strawberry

from services.chassis.errors import InvalidInput, RoleMissing
from services.chassis.graphql.connection import Connection, page
from services.chassis.mongo import Document
from services.routing.access.responder import manages_roster
from services.routing.access.staff import is_staff
from services.routing.graphql.context import Info
from services.routing.graphql.types.responder import Responder
from services.routing.graphql.types.shift import Shift, ShiftHandover
from services.routing.store.shift import SHIFTS
from services.routing.views import shift as views
from services.routing.views.responder import of_person

_DAYS_AHEAD = 366


@strawberry.type
class ShiftQueries:
    @strawberry.field(description="A shift; for those on it, its unit and the centre. 班次。")
    async def shift(self, info: Info, id: strawberry.ID) -> Shift | None:
        context = info.context
        shift = await views.by_id(context.store.mongo, id)
        if shift is None:
            return None
        if not manages_roster(context.viewer, shift.unit_id, shift.area_path):
            own = await of_person(context.store.mongo, context.viewer.person)
            swaps = {swap.taker for swap in shift.swaps}
            if own is None or (own.id not in shift.assigned and own.id not in swaps):
                return None
        return Shift.of(shift, context.store.clock())

    @strawberry.field(
        description="For staff the shifts of their area, for others their own; soonest first. 班次列表,先开始者在前。"
    )
    async def shifts(
        self,
        info: Info,
        post: strawberry.ID | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Shift]:
        own = await of_person(info.context.store.mongo, info.context.viewer.person)
        where = views.shift_list(
            info.context.viewer, own.id if own else None, post=post, start=start, end=end, gaps=False
        )
        return await _shifts(info, where, first, after)

    @strawberry.field(description="Shifts that lack somebody, of the next days; for staff. 未来数日缺员班次。")
    async def shift_gaps(
        self, info: Info, days: int = 3, first: int = 20, after: str | None = None
    ) -> Connection[Shift]:
        if not is_staff(info.context.viewer):
            raise RoleMissing(roles="attendant, handler, centre")
        if not 1 <= days <= _DAYS_AHEAD:
            raise InvalidInput(path=("days",), reason=f"1..{_DAYS_AHEAD}")
        end = info.context.store.clock() + timedelta(days=days)
        where = views.shift_list(info.context.viewer, None, post=None, start=None, end=end, gaps=True)
        return await _shifts(info, where, first, after)

    @strawberry.field(
        description="What the last shift of a post left, for its unit, the centre and who is on duty there. 最近交班记录。"
    )
    async def last_handover(self, info: Info, post: strawberry.ID) -> ShiftHandover | None:
        context = info.context
        shift = await views.last_handed_over(context.store.mongo, post)
        if shift is None or shift.handover is None:
            return None
        if not manages_roster(context.viewer, shift.unit_id, shift.area_path):
            here = await views.on_duty(context.store.mongo, post, context.store.clock())
            if not any(person.person_id == context.viewer.person for person in here):
                return None
        return ShiftHandover.of(shift.handover)

    @strawberry.field(description="Who is on the shift of a post now; for staff. 当前值班人员,限工作人员。")
    async def on_duty(self, info: Info, post: strawberry.ID) -> list[Responder]:
        if not is_staff(info.context.viewer):
            raise RoleMissing(roles="attendant, handler, centre")
        found = await views.on_duty(info.context.store.mongo, post, info.context.store.clock())
        return [Responder.of(responder, located=False) for responder in found]


async def _shifts(info: Info, where: Document, first: int, after: str | None) -> Connection[Shift]:
    now = info.context.store.clock()
    return await page(
        info.context.store.mongo,
        views.SHIFT_LIST,
        where,
        lambda row: Shift.of(SHIFTS.from_document(row), now),
        first=first,
        after=after,
        order_by="starts_at",
        descending=False,
    )

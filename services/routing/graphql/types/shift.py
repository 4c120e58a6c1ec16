"""Shifts as staff and those on them see them."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.responder import Responder, named
from services.routing.model.dispatch import shift as model

strawberry.enum(model.ShiftState, name="ShiftState", description="Where a shift is. 班次状态。")
strawberry.enum(model.SwapState, name="SwapState", description="Where a swap is. 换班状态。")


@strawberry.type(description="So many of a role. 角色人数。")
class RoleCount:
    role: str = strawberry.field(description="A kind of responder or a skill; `anybody` where none is asked. 角色。")
    count: int


@strawberry.type(description="Somebody wants to be replaced. 换班申请。")
class ShiftSwap:
    id: strawberry.ID
    state: model.SwapState
    at: datetime
    _swap: strawberry.Private[model.Swap]

    @strawberry.field(description="Who is to be replaced. 申请人。")
    async def holder(self, info: Info) -> Responder | None:
        return next(iter(await named(info.context, [self._swap.holder])), None)

    @strawberry.field(description="Who would take the place. 接替人。")
    async def taker(self, info: Info) -> Responder | None:
        taker = self._swap.taker
        return next(iter(await named(info.context, [taker])), None) if taker else None


@strawberry.type(description="Orders under way, by state. 在办工单。")
class OpenMatters:
    state: str
    count: int


@strawberry.type(description="What the next shift must know. 交接班记录。")
class ShiftHandover:
    at: datetime
    note: str
    open_matters: list[OpenMatters]

    @classmethod
    def of(cls, handover: model.Handover) -> Self:
        """The hand-over as GraphQL shows it."""
        matters = [OpenMatters(state=state, count=count) for state, count in handover.open_matters.items()]
        return cls(at=handover.at, note=handover.note, open_matters=matters)


@strawberry.type(description="A shift of a post. 班次。")
class Shift:
    id: strawberry.ID
    state: model.ShiftState
    starts_at: datetime
    ends_at: datetime
    head_count: int
    composition: list[RoleCount] = strawberry.field(description="Roles that must be filled. 人员构成要求。")
    swaps: list[ShiftSwap]
    handover: ShiftHandover | None
    overdue: bool = strawberry.field(description="Its time is over and nobody has handed over. 逾时未交班。")
    _shift: strawberry.Private[model.Shift]

    @strawberry.field(description="The post in whose name duty is done. 值班岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._shift.post_id)

    @strawberry.field(description="Its unit. 所属机构。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._shift.unit_id)

    @strawberry.field(description="Who is on it. 当班人员。")
    async def assigned(self, info: Info) -> list[Responder]:
        return await named(info.context, self._shift.assigned)

    @strawberry.field(description="What is wanting. 缺员。")
    async def missing(self, info: Info) -> list[RoleCount]:
        people = await info.context.responders.load_many(list(self._shift.assigned))
        return role_counts(self._shift.wanting([person for person in people if person]))

    @classmethod
    def of(cls, shift: model.Shift, now: datetime) -> Self:
        """The shift as GraphQL shows it."""
        return cls(
            id=strawberry.ID(shift.id),
            state=shift.state,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            head_count=shift.head_count,
            composition=role_counts(shift.composition),
            swaps=[
                ShiftSwap(id=strawberry.ID(swap.id), state=swap.state, at=swap.at, _swap=swap) for swap in shift.swaps
            ],
            handover=ShiftHandover.of(shift.handover) if shift.handover else None,
            overdue=shift.state is model.ShiftState.RUNNING and now >= shift.ends_at,
            _shift=shift,
        )


def role_counts(counts: dict[str, int]) -> list[RoleCount]:
    """Counts by role as a list."""
    return [RoleCount(role=role, count=count) for role, count in counts.items()]

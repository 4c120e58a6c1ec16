"""Honours, published from verified work."""

import asyncio
from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.work_order import WorkOrder, work_order_of
from services.routing.model.directive import honour as model

strawberry.enum(model.HonourState, name="HonourState", description="Where an honour is. 荣誉状态。")
strawberry.enum(model.WorkKind, name="HonouredWorkKind", description="What counts as work. 计分工作类型。")


@strawberry.type(description="A post honoured for verified work. 荣誉。")
class Honour:
    id: strawberry.ID
    title: str
    citation: str
    state: model.HonourState
    points: int = strawberry.field(description="From verified work only. 计分,仅计经审核的工作。")
    nominated_at: datetime
    decided_at: datetime | None
    reason: str | None = strawberry.field(description="Why it was declined or withdrawn. 否决或撤销理由。")
    _honour: strawberry.Private[model.Honour]

    @strawberry.field(description="The post honoured. 获誉岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._honour.post)

    @strawberry.field(description="Its unit. 所属单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._honour.unit)

    @strawberry.field(description="Where it works. 区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._honour.area_id)

    @strawberry.field(description="The orders it is for, those the caller may see. 依据工单。")
    async def work_orders(self, info: Info) -> list[WorkOrder]:
        ids = [work.id for work in self._honour.works if work.kind is model.WorkKind.WORK_ORDER]
        orders = await asyncio.gather(*(work_order_of(info.context, order_id) for order_id in ids))
        return [order for order in orders if order]

    @classmethod
    def of(cls, honour: model.Honour) -> Self:
        """The honour as GraphQL shows it."""
        return cls(
            id=strawberry.ID(honour.id),
            title=honour.title,
            citation=honour.citation,
            state=honour.state,
            points=honour.points,
            nominated_at=honour.nominated_at,
            decided_at=honour.decided_at,
            reason=honour.reason,
            _honour=honour,
        )

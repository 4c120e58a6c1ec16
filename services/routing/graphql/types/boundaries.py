"""Proposals of new outlines, with what they would change."""

from datetime import datetime
from typing import Self

import strawberry

from services.chassis.identity import Caller
from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, GeoJSON, area_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.handlers.organisation.boundaries import sees_sealed_moves
from services.routing.model.organisation import boundaries as model
from services.routing.model.organisation.chart import AreaChange as ModelChange
from services.routing.model.organisation.chart import ChangeKind
from services.routing.model.organisation.organisation import AreaLevel

strawberry.enum(model.ProposalState, name="BoundaryProposalState", description="方案状态。")
strawberry.enum(ChangeKind, name="AreaChangeKind", description="What a proposal does to an area. 区域变更类型。")


@strawberry.type(description="What would become of an area. 区域变更。")
class AreaChange:
    area_id: strawberry.ID
    name: str
    kind: ChangeKind
    km2_before: float
    km2_after: float
    km2_moved: float = strawberry.field(description="Ground gained and lost together. 增减面积合计。")

    @classmethod
    def of(cls, change: ModelChange) -> Self:
        """The change as GraphQL shows it."""
        return cls(
            area_id=strawberry.ID(change.area_id),
            name=change.name,
            kind=change.kind,
            km2_before=change.km2_before,
            km2_after=change.km2_after,
            km2_moved=change.km2_moved,
        )


@strawberry.type(description="An open order that would lie elsewhere. 将变更归属的在办工单。")
class OrderMove:
    work_order_id: strawberry.ID
    number: str
    new_area_id: strawberry.ID
    hands_over: bool = strawberry.field(description="Not taken up yet: the new lead gets it. 未接单的改由新岗位牵头。")
    _move: strawberry.Private[model.OrderMove]

    @strawberry.field(description="Where it lies. 现归属区域。")
    def old_area(self, info: Info) -> Area | None:
        return area_of(info.context, self._move.old_area)

    @strawberry.field(description="Where it would lie; null while that area is not defined. 将归属区域,新设区域为空。")
    def new_area(self, info: Info) -> Area | None:
        return area_of(info.context, self._move.new_area)

    @strawberry.field(description="Who leads it. 现牵头岗位。")
    def old_lead(self, info: Info) -> Post | None:
        return post_of(info.context, self._move.old_lead)

    @strawberry.field(description="Who would lead it by the rules. 按规则的牵头岗位。")
    def new_lead(self, info: Info) -> Post | None:
        return post_of(info.context, self._move.new_lead)

    @classmethod
    def of(cls, move: model.OrderMove) -> Self:
        """The move as GraphQL shows it."""
        return cls(
            work_order_id=strawberry.ID(move.order_id),
            number=move.number,
            new_area_id=strawberry.ID(move.new_area),
            hands_over=move.hands_over,
            _move=move,
        )


@strawberry.type(
    description="New outlines, compared with the map and with open orders before they are applied. 边界调整方案。"
)
class BoundaryProposal:
    id: strawberry.ID
    state: model.ProposalState
    level: AreaLevel
    areas: list[AreaChange]
    strays: list[strawberry.ID] = strawberry.field(
        description="Areas that would lie mostly outside their parent. 大部分将位于上级区域之外的区域。"
    )
    ground: GeoJSON = strawberry.field(description="The ground concerned. 涉及范围。")
    orders_moved: int
    orders_handed_over: int
    orders: list[OrderMove] = strawberry.field(description="The first 500 of them. 前500件。")
    proposed_at: datetime
    applied_at: datetime | None

    @classmethod
    def of(cls, proposal: model.BoundaryProposal, caller: Caller) -> Self:
        """The proposal as its viewer sees it: sealed orders are neither listed nor counted for who may not know of them."""
        all_shown = sees_sealed_moves(caller, proposal)
        return cls(
            id=strawberry.ID(proposal.id),
            state=proposal.state,
            level=proposal.level,
            areas=[AreaChange.of(change) for change in proposal.changes],
            strays=[strawberry.ID(area_id) for area_id in proposal.strays],
            ground=GeoJSON(proposal.ground),
            orders_moved=proposal.orders_moved - (0 if all_shown else proposal.sealed_moved),
            orders_handed_over=proposal.orders_handed_over - (0 if all_shown else proposal.sealed_handed_over),
            orders=[OrderMove.of(move) for move in proposal.moves if all_shown or not move.sealed],
            proposed_at=proposal.proposed_at,
            applied_at=proposal.applied_at,
        )

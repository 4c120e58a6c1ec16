"""Propose new outlines, look at what they change, apply them; for the operator and the area's centre."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from services.chassis.graphql.errors import UserError, user_error
from services.routing.errors.boundaries import FileProblem
from services.routing.errors.organisation import LoadRefused
from services.routing.files import boundaries, others
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.boundaries import BoundaryProposal
from services.routing.handlers.organisation import boundaries as handlers
from services.routing.model.organisation import boundaries as model
from services.routing.model.organisation.organisation import AreaLevel


@strawberry.type
class BoundaryProposalPayload:
    """The proposal as it is now, null when refused. 边界调整方案,被拒绝时为空。"""

    boundary_proposal: BoundaryProposal | None
    errors: list[UserError]


@strawberry.input
class ProposeBoundariesInput:
    idempotency_key: str = strawberry.field(description=KEY)
    level: AreaLevel
    parent_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Where new areas lie; needed when there are several of the level above. 新区域的上级。",
    )
    geojson: JSON = strawberry.field(description="A FeatureCollection, WGS-84. GeoJSON 要素集合。")
    retire_others: bool = strawberry.field(
        default=False, description="Retire areas of the level that are not in it. 撤销未列入的同级区域。"
    )


@strawberry.input
class ApplyBoundariesInput:
    idempotency_key: str = strawberry.field(description=KEY)
    proposal_id: strawberry.ID


@strawberry.type
class BoundaryMutations:
    @strawberry.mutation(description="Put new outlines down and see what they would change. 提交边界调整方案。")
    async def propose_boundaries(
        self, info: Info, given: Annotated[ProposeBoundariesInput, strawberry.argument(name="input")]
    ) -> BoundaryProposalPayload:
        c, level, parent = info.context, given.level, given.parent_id
        try:
            records = boundaries(given.geojson, level, parent, c.directory.areas)
            retired = others(records, level, parent, c.directory.areas) if given.retire_others else []
            doing = handlers.propose_boundaries(
                c.store, c.live_directory, c.viewer, given.idempotency_key, level, records, retired
            )
            return await _payload(info, doing)
        except LoadRefused as refused:
            errors = [user_error(FileProblem(path=("geojson",), problem=one), c.language) for one in refused.problems]
            return BoundaryProposalPayload(boundary_proposal=None, errors=errors)

    @strawberry.mutation(description="Apply a proposal: areas, then open orders, each with notice. 实施边界调整方案。")
    async def apply_boundaries(
        self, info: Info, given: Annotated[ApplyBoundariesInput, strawberry.argument(name="input")]
    ) -> BoundaryProposalPayload:
        c = info.context
        doing = handlers.apply_boundaries(c.store, c.live_directory, c.viewer, given.idempotency_key, given.proposal_id)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.BoundaryProposal]) -> BoundaryProposalPayload:
    proposal, errors = await outcome(info, doing)
    shown = BoundaryProposal.of(proposal, info.context.viewer) if proposal else None
    return BoundaryProposalPayload(boundary_proposal=shown, errors=errors)

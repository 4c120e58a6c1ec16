"""Proposals of new outlines."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.boundaries import BoundaryProposal
from services.routing.handlers.organisation.boundaries import sees_proposal
from services.routing.store.boundaries import PROPOSALS


@strawberry.type
class BoundaryQueries:
    @strawberry.field(description="A proposal; for the operator and the area's centre. 边界调整方案。")
    async def boundary_proposal(self, info: Info, id: strawberry.ID) -> BoundaryProposal | None:
        viewer = info.context.viewer
        row = await info.context.store.find(PROPOSALS.collection.name, id)
        proposal = PROPOSALS.from_document(row) if row else None
        return BoundaryProposal.of(proposal, viewer) if proposal and sees_proposal(viewer, proposal) else None

    @strawberry.field(description="Proposals, latest first; for the operator. 边界调整方案列表。")
    async def boundary_proposals(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[BoundaryProposal]:
        return await page(
            info.context.store.mongo,
            PROPOSALS.collection.name,
            {} if info.context.viewer.has("operator") else {"_id": ""},
            lambda row: BoundaryProposal.of(PROPOSALS.from_document(row), info.context.viewer),
            first=first,
            after=after,
            order_by="proposed_at",
        )

"""The policy in force and its versions; for staff."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.access.staff import require_staff
from services.routing.graphql.context import Info
from services.routing.graphql.types.policy import Policy
from services.routing.store.configuration import POLICIES, in_force


@strawberry.type
class PolicyQueries:
    @strawberry.field(description="A policy version; without id the one in force. 政策,默认施行中的版本。")
    async def policy(self, info: Info, id: strawberry.ID | None = None) -> Policy | None:
        context = info.context
        require_staff(context.viewer)
        if id is not None:
            row = await context.store.find(POLICIES.collection.name, id)
            return Policy.of(POLICIES.from_document(row)) if row else None
        active = await in_force(context.store.mongo, POLICIES)
        return Policy.of(active) if active else Policy.by_default()

    @strawberry.field(description="Policy versions, newest first. 政策版本列表。")
    async def policies(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Policy]:
        require_staff(info.context.viewer)
        return await page(
            *(info.context.store.mongo, POLICIES.collection.name, {}),
            lambda row: Policy.of(POLICIES.from_document(row)),
            first=first,
            after=after,
            order_by="number",
        )

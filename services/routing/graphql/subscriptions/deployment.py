"""Deployments as they change, for a map."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.routing.graphql.context import Info
from services.routing.graphql.types.deployment import Deployment, seen_deployment
from services.routing.store.deployment import DEPLOYMENTS
from services.routing.views import deployment as views


@strawberry.type
class DeploymentSubscriptions:
    @strawberry.subscription(
        description="A deployment after each change; without id every one the caller may see. 派遣变化。"
    )
    async def deployment_changed(
        self, info: Info, id: strawberry.ID | None = None, area: strawberry.ID | None = None
    ) -> AsyncIterator[Deployment]:
        context = info.context
        _ = context.viewer

        def wanted(event: Envelope) -> bool:
            return event.aggregate == DEPLOYMENTS.name and id in (None, event.aggregate_id)

        async with contextlib.aclosing(context.live.watch(wanted)) as events:
            async for event in events:
                deployment = await views.by_id(context.store.mongo, event.aggregate_id)
                if deployment and area is not None and area not in deployment.area_path:
                    continue
                if seen := await seen_deployment(context, deployment):
                    yield seen

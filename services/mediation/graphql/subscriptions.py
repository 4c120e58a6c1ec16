"""What a screen watches."""

from collections.abc import AsyncIterator

import strawberry

from services.chassis.errors import NotFound
from services.mediation import views
from services.mediation.graphql.types import Info, MediationCase


@strawberry.type
class Subscription:
    """Changes as they happen. 订阅。"""

    @strawberry.subscription(description="The case after each change, as long as the caller may see it. 案件变化。")
    async def mediation_case_changed(
        self,
        info: Info,
        id: strawberry.ID,
    ) -> AsyncIterator[MediationCase]:
        viewer = info.context.viewer
        mongo = info.context.store.mongo
        if (await views.visible_cases(mongo, viewer, [id]))[0] is None:
            raise NotFound(what="mediation case")
        async for _ in info.context.live.watch(lambda event: event.aggregate_id == id):
            case = (await views.visible_cases(mongo, viewer, [id]))[0]
            if case is None:
                return
            yield MediationCase.of(case, viewer)

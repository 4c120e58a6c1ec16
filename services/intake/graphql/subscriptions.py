"""What a screen watches."""

from collections.abc import AsyncGenerator

import strawberry
from strawberry.types import Info

from services.chassis.events import Envelope
from services.intake import views
from services.intake.graphql.context import Context
from services.intake.graphql.types import Report
from services.intake.store import REPORT


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="A report each time something happens to it; without an id, every report the caller may see. 诉求动态。"
    )
    async def report_updated(
        self,
        info: Info[Context, None],
        id: strawberry.ID | None = None,
    ) -> AsyncGenerator[Report, None]:
        context = info.context
        viewer = context.viewer

        def wanted(event: Envelope) -> bool:
            return event.aggregate == REPORT.name and (id is None or event.aggregate_id == id)

        async for event in context.live.watch(wanted):
            # Asked anew each time: a report may come into sight or leave it.
            found = await views.report(context.store.mongo, viewer, id=event.aggregate_id)
            if found:
                yield Report.of(found)

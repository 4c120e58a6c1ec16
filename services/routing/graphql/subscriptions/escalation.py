"""Escalations as they change, and notices as they are posted."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.routing.events.notice import NoticePosted
from services.routing.graphql.context import Info
from services.routing.graphql.types.escalation import Escalation
from services.routing.graphql.types.notice import Notice
from services.routing.store.escalation import ESCALATIONS
from services.routing.views import escalation as views


@strawberry.type
class EscalationSubscriptions:
    @strawberry.subscription(
        description="An escalation after each change; without id every one the caller may see. 提级变化。"
    )
    async def escalation_changed(self, info: Info, id: strawberry.ID | None = None) -> AsyncIterator[Escalation]:
        context = info.context
        viewer = context.viewer

        def wanted(event: Envelope) -> bool:
            return event.aggregate == ESCALATIONS.name and id in (None, event.aggregate_id)

        async with contextlib.aclosing(context.live.watch(wanted)) as events:
            async for event in events:
                seen = (await views.escalations(context.store.mongo, viewer, [event.aggregate_id]))[0]
                if seen:
                    yield Escalation.of(seen)

    @strawberry.subscription(description="What the caller's post is told, as it is told. 本岗位新提醒。")
    async def notified(self, info: Info) -> AsyncIterator[Notice]:
        context = info.context
        viewer = context.viewer

        def wanted(event: Envelope) -> bool:
            return event.type == NoticePosted.type

        async with contextlib.aclosing(context.live.watch(wanted)) as events:
            async for event in events:
                seen = await views.notice(context.store.mongo, viewer, event.aggregate_id)
                if seen:
                    yield Notice.of(seen)

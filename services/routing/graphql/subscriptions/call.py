"""Calls as they change."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.routing.events.call import CallRated
from services.routing.graphql.context import Info
from services.routing.graphql.types.call import Call
from services.routing.store.call import CALLS
from services.routing.views import call as views


@strawberry.type
class CallSubscriptions:
    @strawberry.subscription(
        description="A call after each change; without id every one the caller may see. 呼叫变化。"
    )
    async def call_changed(self, info: Info, id: strawberry.ID | None = None) -> AsyncIterator[Call]:
        context = info.context
        viewer = context.viewer

        def wanted(event: Envelope) -> bool:
            return event.aggregate == CALLS.name and id in (None, event.aggregate_id)

        async with contextlib.aclosing(context.live.watch(wanted)) as events:
            async for event in events:
                seen = (await views.calls(context.store.mongo, viewer, [event.aggregate_id]))[0]
                # That there is a rating is not told to the rated either.
                if seen and not (seen.blind and event.type == CallRated.type):
                    yield Call.of(seen)

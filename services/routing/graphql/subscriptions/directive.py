"""Directives as they change."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.routing.graphql.context import Info
from services.routing.graphql.types.directive import Directive
from services.routing.graphql.types.directive_kinds import directive_of
from services.routing.store.directive import DIRECTIVES


@strawberry.type
class DirectiveSubscriptions:
    @strawberry.subscription(
        description="A directive after each change; without id every one the caller may see. 指令变化。"
    )
    async def directive_changed(self, info: Info, id: strawberry.ID | None = None) -> AsyncIterator[Directive]:
        context = info.context

        def wanted(event: Envelope) -> bool:
            return event.aggregate == DIRECTIVES.name and id in (None, event.aggregate_id)

        async with contextlib.aclosing(context.live.watch(wanted)) as events:
            async for event in events:
                if seen := await directive_of(context, event.aggregate_id):
                    yield seen

"""The mode of command as it changes."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.routing.access.staff import require_staff
from services.routing.graphql.context import Info
from services.routing.graphql.types.command_mode import CommandMode
from services.routing.store.command_mode import COMMAND_MODES


@strawberry.type
class CommandModeSubscriptions:
    @strawberry.subscription(description="Each switch between peacetime and emergency; for staff. 平急转换。")
    async def mode_changed(self, info: Info) -> AsyncIterator[CommandMode]:
        context = info.context
        require_staff(context.viewer)

        def wanted(event: Envelope) -> bool:
            return event.aggregate == COMMAND_MODES.name

        async with contextlib.aclosing(context.live.watch(wanted)) as events:
            async for event in events:
                row = await context.store.find(COMMAND_MODES.collection.name, event.aggregate_id)
                if row:
                    yield CommandMode.of(COMMAND_MODES.from_document(row))

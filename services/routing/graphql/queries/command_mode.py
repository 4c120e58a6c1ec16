"""Which areas are commanded as in an emergency, and the history of it; for staff."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.access.staff import require_staff
from services.routing.graphql.context import Info
from services.routing.graphql.types.command_mode import CommandMode
from services.routing.graphql.types.matter import Mode
from services.routing.store.command_mode import COMMAND_MODES


@strawberry.type
class CommandModeQueries:
    @strawberry.field(
        description="Areas that were ever switched, by their mode if asked, the last switched first. 平急状态列表。"
    )
    async def command_modes(
        self, info: Info, mode: Mode | None = None, first: int = 20, after: str | None = None
    ) -> Connection[CommandMode]:
        require_staff(info.context.viewer)
        return await page(
            *(info.context.store.mongo, COMMAND_MODES.collection.name, {"mode": mode.value} if mode else {}),
            lambda row: CommandMode.of(COMMAND_MODES.from_document(row)),
            first=first,
            after=after,
            order_by="switched_at",
        )

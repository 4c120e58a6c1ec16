"""Switching between peacetime and emergency command."""

from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.command_mode import CommandMode
from services.routing.graphql.types.matter import Mode
from services.routing.handlers.rules import command_mode as handlers


@strawberry.type
class CommandModePayload:
    """The mode as it is now, null when refused. 平急状态,被拒绝时为空。"""

    command_mode: CommandMode | None
    errors: list[UserError]


@strawberry.input
class SwitchModeInput:
    idempotency_key: str = strawberry.field(description=KEY)
    area_id: strawberry.ID
    mode: Mode
    reason: str


@strawberry.type
class CommandModeMutations:
    @strawberry.mutation(
        description="Command an area as in an emergency, or as in peacetime again; for its centre. 平急转换。"
    )
    async def switch_mode(
        self, info: Info, given: Annotated[SwitchModeInput, strawberry.argument(name="input")]
    ) -> CommandModePayload:
        c = info.context
        doing = handlers.switch_mode(
            *(c.store, c.live_directory, c.viewer, given.idempotency_key),
            *(given.area_id, given.mode, given.reason),
        )
        one, errors = await outcome(info, doing)
        return CommandModePayload(command_mode=CommandMode.of(one) if one else None, errors=errors)

"""The board as it changes."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.routing.graphql.context import Info
from services.routing.graphql.types.board import CentreBoard, board_of

# What a board shows; however much happens, it is drawn at most once a second.
_SHOWN = frozenset({"order", "escalation", "gap"})
_CALM_SECONDS = 1.0


@strawberry.type
class BoardSubscriptions:
    @strawberry.subscription(
        description="The board now, and again when something on it has moved, at most once a second. 看板变化。"
    )
    async def centre_board_changed(self, info: Info, area: strawberry.ID | None = None) -> AsyncIterator[CentreBoard]:
        board = board_of(info.context, area)

        def wanted(event: Envelope) -> bool:
            return event.aggregate in _SHOWN

        async with contextlib.aclosing(info.context.live.pulses(wanted, _CALM_SECONDS)) as pulses:
            async for _ in pulses:
                yield board

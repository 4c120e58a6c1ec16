"""What every mutation needs: the description of its key, and refusals turned into the payload's errors."""

from collections.abc import Awaitable
from typing import TypeVar

from services.chassis.errors import Refusal
from services.chassis.graphql.errors import UserError, user_error
from services.routing.errors.configuration import ConfigurationUnusable
from services.routing.graphql.context import Info

KEY = "Repeating a command with the same key and input returns the first result. 幂等键。"

T = TypeVar("T")


async def outcome(info: Info, doing: Awaitable[T]) -> tuple[T | None, list[UserError]]:
    """What a command led to, or why it was refused."""
    try:
        return await doing, []
    except ConfigurationUnusable as unusable:
        return None, [user_error(problem, info.context.language) for problem in unusable.problems]
    except Refusal as refusal:
        return None, [user_error(refusal, info.context.language)]

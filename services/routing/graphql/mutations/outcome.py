"""What every mutation needs: the description of its key, and refusals turned into the payload's errors."""

from collections.abc import Awaitable, Sequence
from typing import TypeVar

from services.chassis.errors import Refusal
from services.chassis.graphql.errors import UserError, user_error
from services.routing.errors.asset import RowsRefused
from services.routing.errors.configuration import ConfigurationUnusable
from services.routing.graphql.context import Info
from services.routing.rows import BadRow

KEY = "Repeating a command with the same key and input returns the first result. 幂等键。"

T = TypeVar("T")
_SHOWN_ROWS = 50


async def outcome(info: Info, doing: Awaitable[T]) -> tuple[T | None, list[UserError]]:
    """What a command led to, or why it was refused."""
    try:
        return await doing, []
    except ConfigurationUnusable as unusable:
        return None, [user_error(problem, info.context.language) for problem in unusable.problems]
    except Refusal as refusal:
        return None, [user_error(refusal, info.context.language)]


def rows_refused(info: Info, bad: Sequence[BadRow], *, dry_run: bool) -> tuple[list[UserError], list[UserError]]:
    """The bad rows of an import as its payload shows them, and its errors: a dry run only tells."""
    language = info.context.language
    shown = []
    for row in bad[:_SHOWN_ROWS]:
        error = user_error(row.why, language)
        error.path = [str(row.number), *row.why.path]
        shown.append(error)
    refused = bool(bad) and not dry_run
    return shown, [user_error(RowsRefused(path=("content",), count=len(bad)), language)] if refused else []

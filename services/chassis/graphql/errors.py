"""Errors at the edge. Expected refusals are entries of a payload's `errors`; the rest are GraphQL errors, masked unless ours."""

import logging
from collections.abc import Sequence
from typing import Any

import strawberry
import strawberry.federation
from graphql import GraphQLError
from pymongo.errors import PyMongoError

from services.chassis import telemetry
from services.chassis.errors import NotAllowedReason, Refusal, StoreError, Unauthenticated
from services.chassis.mongo import translate

log = logging.getLogger(__name__)


strawberry.enum(NotAllowedReason, description=NotAllowedReason.__doc__)


@strawberry.federation.type(shareable=True)
class UserError:
    """Why a command was not carried out. 命令未能执行的原因。"""

    code: str = strawberry.field(description="Stable code, for programs. 稳定代码,供程序使用。")
    reason: NotAllowedReason | None = strawberry.field(
        description="Of NOT_ALLOWED: what is in the way; null with every other code. 无权办理的原因,其他代码为空。"
    )
    message: str = strawberry.field(
        description="A sentence in the caller's language (Accept-Language: zh-CN or en). 按调用者语言给出的说明。"
    )
    path: list[str] = strawberry.field(description="Where in the input, empty if nowhere in particular. 输入中的位置。")


def user_error(refusal: Refusal, language: str) -> UserError:
    """A refusal as the payload shows it; `path` starts below `input`."""
    return UserError(
        code=refusal.code, reason=refusal.reason, message=refusal.message(language), path=list(refusal.path)
    )


def formatted(errors: Sequence[GraphQLError], language: str) -> list[dict[str, Any]]:
    """GraphQL errors as they leave the service: each has `extensions.code`; the unexpected are masked and logged once."""
    return [_formatted(error, language) for error in errors]


def _formatted(error: GraphQLError, language: str) -> dict[str, Any]:
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error:
        original = original.original_error
    if isinstance(original, PyMongoError):
        original = translate(original)  # a read, which no unit of work has translated
    extensions: dict[str, Any] = dict(error.extensions or {})
    message = error.message
    if isinstance(original, Unauthenticated):
        extensions["code"] = "UNAUTHENTICATED"
        message = str(original)
    elif isinstance(original, Refusal):
        extensions["code"] = original.code
        if original.reason:
            extensions["reason"] = original.reason
        message = original.message(language)
    elif isinstance(original, StoreError):
        extensions |= {"code": "UNAVAILABLE", "retryable": True}
        message = "服务暂时不可用,请稍后重试。" if language == "zh" else "Not now; please try again."
        log.warning("store", extra={"error": type(original).__name__})
    elif original is None or isinstance(original, GraphQLError):
        extensions.setdefault("code", "GRAPHQL_VALIDATION_FAILED" if error.path is None else "BAD_USER_INPUT")
    else:
        extensions["code"] = "INTERNAL"
        message = "系统内部错误。" if language == "zh" else "Internal error."
        log.error("resolver failed", exc_info=original, extra={"path": error.path})
    if trace_id := telemetry.trace_id():
        extensions["traceId"] = trace_id
    answer: dict[str, Any] = {"message": message, "extensions": extensions}
    if error.path is not None:
        answer["path"] = list(error.path)
    if error.locations:
        answer["locations"] = [location.formatted for location in error.locations]
    return answer

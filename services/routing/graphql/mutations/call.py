"""Commands on calls: make one of a public report, answer, raise, release, rate, close."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.call import Call
from services.routing.handlers.ladder import call as handlers
from services.routing.model.ladder import call as model
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.matter import CallLevel
from services.routing.views.call import see


@strawberry.type
class CallPayload:
    """The call as it is now, null when refused. 呼叫,被拒绝时为空。"""

    call: Call | None
    errors: list[UserError]


@strawberry.input
class CallForReportInput:
    idempotency_key: str = strawberry.field(description=KEY)
    report_id: strawberry.ID
    level: CallLevel = strawberry.field(description="The level that calls; the next above answers. 呼叫层级。")
    reason: str


@strawberry.input
class AnswerCallInput:
    idempotency_key: str = strawberry.field(description=KEY)
    call_id: strawberry.ID
    text: str = strawberry.field(description="The response. 响应内容。")


@strawberry.input
class RaiseCallInput:
    idempotency_key: str = strawberry.field(description=KEY)
    call_id: strawberry.ID
    to: PostLevel | None = strawberry.field(
        default=None, description="The level that shall answer; by default the one past the next. 提级到的层级。"
    )
    reason: str


@strawberry.input
class ReleaseCalledPostInput:
    idempotency_key: str = strawberry.field(description=KEY)
    call_id: strawberry.ID
    post_id: strawberry.ID = strawberry.field(description="The post that is freed. 解除责任的岗位。")
    reason: str


@strawberry.input
class RateCallInput:
    idempotency_key: str = strawberry.field(description=KEY)
    call_id: strawberry.ID
    aspect: model.Aspect
    mark: int = strawberry.field(description="1 to 5. 评分。")
    text: str


@strawberry.input
class CloseCallInput:
    idempotency_key: str = strawberry.field(description=KEY)
    call_id: strawberry.ID


@strawberry.type
class CallMutations:
    @strawberry.mutation(
        description="Make a public report a call of one's organ, without entering it again. 发起呼叫。"
    )
    async def call_for_report(
        self, info: Info, given: Annotated[CallForReportInput, strawberry.argument(name="input")]
    ) -> CallPayload:
        c = info.context
        doing = handlers.call_for_report(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            *(given.report_id, given.level, given.reason),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Respond; for a post that is called. 响应呼叫。")
    async def answer_call(
        self, info: Info, given: Annotated[AnswerCallInput, strawberry.argument(name="input")]
    ) -> CallPayload:
        c = info.context
        doing = handlers.answer_call(c.store, c.viewer, given.idempotency_key, given.call_id, given.text)
        return await _payload(info, doing)

    @strawberry.mutation(
        description="Call further up; for the organ that called, a post that is called, or the centre. 提级呼叫。"
    )
    async def raise_call(
        self, info: Info, given: Annotated[RaiseCallInput, strawberry.argument(name="input")]
    ) -> CallPayload:
        c = info.context
        doing = handlers.raise_call(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            *(given.call_id, given.to, given.reason),
        )
        return await _payload(info, doing)

    @strawberry.mutation(
        description="Free a called post of its duty; for one above, the calling organ or the centre. 解除责任。"
    )
    async def release_called_post(
        self, info: Info, given: Annotated[ReleaseCalledPostInput, strawberry.argument(name="input")]
    ) -> CallPayload:
        c = info.context
        doing = handlers.release_rung(
            c.store, c.viewer, given.idempotency_key, given.call_id, given.post_id, given.reason
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Rate response or result, each once; for the organ that called. 评价。")
    async def rate_call(
        self, info: Info, given: Annotated[RateCallInput, strawberry.argument(name="input")]
    ) -> CallPayload:
        c = info.context
        doing = handlers.rate_call(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            *(given.call_id, given.aspect, given.mark, given.text),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Nothing more is needed; for the organ that called. 办结呼叫。")
    async def close_call(
        self, info: Info, given: Annotated[CloseCallInput, strawberry.argument(name="input")]
    ) -> CallPayload:
        c = info.context
        doing = handlers.close_call(c.store, c.directory, c.viewer, given.idempotency_key, given.call_id)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Call]) -> CallPayload:
    call, errors = await outcome(info, doing)
    seen = see(info.context.viewer, call) if call else None
    return CallPayload(call=Call.of(seen) if seen else None, errors=errors)

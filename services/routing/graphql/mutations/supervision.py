"""Commands on supervisions: input, payload and resolver of each, side by side."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.supervision import Supervision
from services.routing.handlers.directive import supervision as handlers
from services.routing.model.directive import supervision as model


@strawberry.type
class SupervisionPayload:
    """The supervision as it is now, null when refused. 督办,被拒绝时为空。"""

    supervision: Supervision | None
    errors: list[UserError]


@strawberry.input
class OpenSupervisionInput:
    idempotency_key: str = strawberry.field(description=KEY)
    subject_kind: model.SubjectKind
    subject_id: strawberry.ID
    level: model.SupervisionLevel
    reason: str
    post_id: strawberry.ID | None = strawberry.field(
        default=None, description="Which of several addressed posts. 被督办岗位,受令岗位多于一个时必填。"
    )


@strawberry.input
class AnswerSupervisionInput:
    idempotency_key: str = strawberry.field(description=KEY)
    supervision_id: strawberry.ID
    text: str


@strawberry.input
class SettleSupervisionInput:
    idempotency_key: str = strawberry.field(description=KEY)
    supervision_id: strawberry.ID
    note: str = strawberry.field(description="What came of it. 销号说明。")


@strawberry.type
class SupervisionMutations:
    @strawberry.mutation(description="Supervise on one of four levels; for the centre. 发起督办。")
    async def open_supervision(
        self, info: Info, given: Annotated[OpenSupervisionInput, strawberry.argument(name="input")]
    ) -> SupervisionPayload:
        c = info.context
        doing = handlers.open_supervision(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.subject_kind, given.subject_id),
            *(given.level, given.post_id, given.reason),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Say what was done; for the supervised post. 答复督办。")
    async def answer_supervision(
        self, info: Info, given: Annotated[AnswerSupervisionInput, strawberry.argument(name="input")]
    ) -> SupervisionPayload:
        c = info.context
        doing = handlers.answer_supervision(c.store, c.viewer, given.idempotency_key, given.supervision_id, given.text)
        return await _payload(info, doing)

    @strawberry.mutation(description="Be content with what came of it; for the centre. 督办销号。")
    async def settle_supervision(
        self, info: Info, given: Annotated[SettleSupervisionInput, strawberry.argument(name="input")]
    ) -> SupervisionPayload:
        c = info.context
        doing = handlers.settle_supervision(c.store, c.viewer, given.idempotency_key, given.supervision_id, given.note)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Supervision]) -> SupervisionPayload:
    supervision, errors = await outcome(info, doing)
    return SupervisionPayload(supervision=Supervision.of(supervision) if supervision else None, errors=errors)

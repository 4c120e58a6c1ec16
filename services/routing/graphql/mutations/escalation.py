"""Commands of owners on escalations, and reading notices."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.escalation import Escalation
from services.routing.graphql.types.notice import Notice
from services.routing.handlers.ladder import escalation as handlers
from services.routing.handlers.ladder.notice import read_notice
from services.routing.model.ladder import escalation as model


@strawberry.type
class EscalationPayload:
    """The escalation as it is now, null when refused. 提级,被拒绝时为空。"""

    escalation: Escalation | None
    errors: list[UserError]


@strawberry.type
class NoticePayload:
    """The notice as it is now, null when refused. 提醒,被拒绝时为空。"""

    notice: Notice | None
    errors: list[UserError]


@strawberry.input
class AcknowledgeEscalationInput:
    idempotency_key: str = strawberry.field(description=KEY)
    escalation_id: strawberry.ID
    text: str = strawberry.field(description="What is being done. 处置说明。")


@strawberry.input
class ReleaseEscalationOwnerInput:
    idempotency_key: str = strawberry.field(description=KEY)
    escalation_id: strawberry.ID
    post_id: strawberry.ID = strawberry.field(description="The owner that is freed. 解除责任的岗位。")
    reason: str


@strawberry.input
class HandDownEscalationInput:
    idempotency_key: str = strawberry.field(description=KEY)
    escalation_id: strawberry.ID
    reason: str


@strawberry.input
class SettleEscalationInput:
    idempotency_key: str = strawberry.field(description=KEY)
    escalation_id: strawberry.ID
    reason: str


@strawberry.input
class ReadNoticeInput:
    idempotency_key: str = strawberry.field(description=KEY)
    notice_id: strawberry.ID


@strawberry.type
class EscalationMutations:
    @strawberry.mutation(description="The caller's post owns it and acts: the ladder waits. 认领。")
    async def acknowledge_escalation(
        self, info: Info, given: Annotated[AcknowledgeEscalationInput, strawberry.argument(name="input")]
    ) -> EscalationPayload:
        c = info.context
        doing = handlers.acknowledge_escalation(
            c.store, c.viewer, given.idempotency_key, given.escalation_id, given.text
        )
        return await _payload(info, doing)

    @strawberry.mutation(
        description="Free an owner of its duty; for an owner above, the calling organ or the centre. 解除责任。"
    )
    async def release_escalation_owner(
        self, info: Info, given: Annotated[ReleaseEscalationOwnerInput, strawberry.argument(name="input")]
    ) -> EscalationPayload:
        c = info.context
        doing = handlers.release_owner(
            c.store, c.viewer, given.idempotency_key, given.escalation_id, given.post_id, given.reason
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Give it back to those below, who still have the duty; for an owner. 下交。")
    async def hand_down_escalation(
        self, info: Info, given: Annotated[HandDownEscalationInput, strawberry.argument(name="input")]
    ) -> EscalationPayload:
        c = info.context
        doing = handlers.hand_down(c.store, c.viewer, given.idempotency_key, given.escalation_id, given.reason)
        return await _payload(info, doing)

    @strawberry.mutation(description="It is dealt with, above all what is exhausted; for the centre. 了结。")
    async def settle_escalation(
        self, info: Info, given: Annotated[SettleEscalationInput, strawberry.argument(name="input")]
    ) -> EscalationPayload:
        c = info.context
        doing = handlers.settle_by_hand(c.store, c.viewer, given.idempotency_key, given.escalation_id, given.reason)
        return await _payload(info, doing)

    @strawberry.mutation(description="The caller's post has seen a notice. 已读提醒。")
    async def read_notice(
        self, info: Info, given: Annotated[ReadNoticeInput, strawberry.argument(name="input")]
    ) -> NoticePayload:
        c = info.context
        notice, errors = await outcome(info, read_notice(c.store, c.viewer, given.idempotency_key, given.notice_id))
        return NoticePayload(notice=Notice.of(notice) if notice else None, errors=errors)


async def _payload(info: Info, doing: Awaitable[model.Escalation]) -> EscalationPayload:
    escalation, errors = await outcome(info, doing)
    return EscalationPayload(escalation=Escalation.of(escalation) if escalation else None, errors=errors)

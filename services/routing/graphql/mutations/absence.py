"""Record an absence, end it early, cancel it; for the person, the heads above, the centre and the operator."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.absence import Absence
from services.routing.handlers.organisation import absence as handlers
from services.routing.model.organisation.absence import AbsencePeriod


@strawberry.type
class AbsencePayload:
    """The absence as it is now, null when refused. 离岗登记,被拒绝时为空。"""

    absence: Absence | None
    errors: list[UserError]


@strawberry.input
class RecordAbsenceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Oneself by default. 默认为本人。")
    since: datetime
    until: datetime
    reason: str | None = strawberry.field(default=None, description="Shown to who may arrange it only. 事由,不对外。")
    stand_in_person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Answers when B is away too. B角也离岗时的代班人。"
    )
    stand_in_post_id: strawberry.ID | None = strawberry.field(
        default=None, description="Its holder answers when B is away too. B角也离岗时的代班岗位。"
    )


@strawberry.input
class EndAbsenceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    absence_id: strawberry.ID


@strawberry.input
class CancelAbsenceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    absence_id: strawberry.ID


@strawberry.type
class AbsenceMutations:
    @strawberry.mutation(description="Somebody will be away; B or a stand-in answers meanwhile. 登记离岗。")
    async def record_absence(
        self, info: Info, given: Annotated[RecordAbsenceInput, strawberry.argument(name="input")]
    ) -> AbsencePayload:
        c = info.context
        doing = handlers.record_absence(
            *(c.store, c.live_directory, c.viewer, given.idempotency_key),
            person=given.person_id or c.viewer.person,
            since=given.since,
            until=given.until,
            reason=given.reason,
            stand_in_person=given.stand_in_person_id,
            stand_in_post=given.stand_in_post_id,
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Back before the time. 提前返岗。")
    async def end_absence(
        self, info: Info, given: Annotated[EndAbsenceInput, strawberry.argument(name="input")]
    ) -> AbsencePayload:
        c = info.context
        doing = handlers.end_absence(c.store, c.live_directory, c.viewer, given.idempotency_key, given.absence_id)
        return await _payload(info, doing)

    @strawberry.mutation(description="It will not be. 取消离岗。")
    async def cancel_absence(
        self, info: Info, given: Annotated[CancelAbsenceInput, strawberry.argument(name="input")]
    ) -> AbsencePayload:
        c = info.context
        doing = handlers.cancel_absence(c.store, c.live_directory, c.viewer, given.idempotency_key, given.absence_id)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[AbsencePeriod]) -> AbsencePayload:
    absence, errors = await outcome(info, doing)
    return AbsencePayload(absence=Absence.of(absence, info.context.store.clock()) if absence else None, errors=errors)

"""Commands on shifts: input, payload and resolver of each mutation, side by side."""

from collections.abc import Awaitable
from datetime import date, time
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.shift import Shift
from services.routing.handlers.dispatch import shift as handlers
from services.routing.model.dispatch import shift as model


@strawberry.type
class ShiftPayload:
    """The shift as it is now, null when refused. 班次,被拒绝时为空。"""

    shift: Shift | None
    errors: list[UserError]


@strawberry.input
class RoleCountInput:
    role: str = strawberry.field(description="A kind of responder or a skill. 角色。")
    count: int


@strawberry.input(description="How many must be on a shift. 值班力量。")
class ShiftStrengthInput:
    head_count: int
    composition: list[RoleCountInput] = strawberry.field(default_factory=list)


@strawberry.input
class PlanShiftsInput:
    idempotency_key: str = strawberry.field(description=KEY)
    post_id: strawberry.ID
    first: date = strawberry.field(description="The first day, local. 起始日期。")
    days: int
    starts: list[time] = strawberry.field(description="When shifts begin, local; each lasts until the next. 起始时刻。")
    head_count: int
    composition: list[RoleCountInput] = strawberry.field(default_factory=list)
    emergency: ShiftStrengthInput | None = strawberry.field(
        default=None, description="While the place is in emergency mode; else the same. 应急状态下的值班力量。"
    )


@strawberry.input
class AssignShiftInput:
    idempotency_key: str = strawberry.field(description=KEY)
    shift_id: strawberry.ID
    responder_ids: list[strawberry.ID] = strawberry.field(description="Everybody who shall be on it. 全部当班人员。")


@strawberry.input
class RequestSwapInput:
    idempotency_key: str = strawberry.field(description=KEY)
    shift_id: strawberry.ID
    responder_id: strawberry.ID = strawberry.field(description="Who is to be replaced. 申请换班人。")


@strawberry.input
class TakeSwapInput:
    idempotency_key: str = strawberry.field(description=KEY)
    shift_id: strawberry.ID
    swap_id: strawberry.ID
    responder_id: strawberry.ID = strawberry.field(description="Who takes the place. 接替人。")


@strawberry.input
class DecideSwapInput:
    idempotency_key: str = strawberry.field(description=KEY)
    shift_id: strawberry.ID
    swap_id: strawberry.ID
    approve: bool


@strawberry.input
class TakeOverShiftInput:
    idempotency_key: str = strawberry.field(description=KEY)
    shift_id: strawberry.ID
    holder_id: strawberry.ID = strawberry.field(description="Who is held on a scene. 在现场不能到岗者。")
    responder_id: strawberry.ID = strawberry.field(description="Who steps in. 顶班人。")


@strawberry.input
class HandOverShiftInput:
    idempotency_key: str = strawberry.field(description=KEY)
    shift_id: strawberry.ID
    note: str = strawberry.field(description="What the next shift must know. 交班记录。")


def _counts(rows: list[RoleCountInput]) -> dict[str, int]:
    return {row.role: row.count for row in rows}


@strawberry.type
class ShiftMutations:
    @strawberry.mutation(description="Plan a post's shifts from a pattern; the first new one. 按规律排班。")
    async def plan_shifts(
        self, info: Info, given: Annotated[PlanShiftsInput, strawberry.argument(name="input")]
    ) -> ShiftPayload:
        c = info.context
        pattern = model.Pattern(
            starts=tuple(given.starts),
            head_count=given.head_count,
            composition=_counts(given.composition),
            emergency=model.Strength(
                head_count=given.emergency.head_count, composition=_counts(given.emergency.composition)
            )
            if given.emergency
            else None,
        )
        doing = handlers.plan_shifts(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            *(given.post_id, given.first, given.days, pattern),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Put people on a shift; for its unit and the centre. 安排当班人员。")
    async def assign_shift(
        self, info: Info, given: Annotated[AssignShiftInput, strawberry.argument(name="input")]
    ) -> ShiftPayload:
        c = info.context
        return await _payload(
            info,
            handlers.assign_shift(c.store, c.viewer, given.idempotency_key, given.shift_id, given.responder_ids),
        )

    @strawberry.mutation(description="Ask to be replaced; the holder, or a manager for the holder. 申请换班。")
    async def request_swap(
        self, info: Info, given: Annotated[RequestSwapInput, strawberry.argument(name="input")]
    ) -> ShiftPayload:
        c = info.context
        return await _payload(
            info, handlers.request_swap(c.store, c.viewer, given.idempotency_key, given.shift_id, given.responder_id)
        )

    @strawberry.mutation(description="Offer to take the place. 接替换班。")
    async def take_swap(
        self, info: Info, given: Annotated[TakeSwapInput, strawberry.argument(name="input")]
    ) -> ShiftPayload:
        c = info.context
        doing = handlers.take_swap(
            c.store, c.viewer, given.idempotency_key, given.shift_id, given.swap_id, given.responder_id
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Agree to a swap or not; for the unit and the centre. 审批换班。")
    async def decide_swap(
        self, info: Info, given: Annotated[DecideSwapInput, strawberry.argument(name="input")]
    ) -> ShiftPayload:
        c = info.context
        doing = handlers.decide_swap(
            c.store, c.viewer, given.idempotency_key, given.shift_id, given.swap_id, given.approve
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Step in for somebody held on a scene, without a request. 顶班。")
    async def take_over_shift(
        self, info: Info, given: Annotated[TakeOverShiftInput, strawberry.argument(name="input")]
    ) -> ShiftPayload:
        c = info.context
        doing = handlers.take_over_shift(
            c.store, c.viewer, given.idempotency_key, given.shift_id, given.holder_id, given.responder_id
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Close a shift with a note; open matters are counted with it. 交班。")
    async def hand_over_shift(
        self, info: Info, given: Annotated[HandOverShiftInput, strawberry.argument(name="input")]
    ) -> ShiftPayload:
        c = info.context
        doing = handlers.hand_over_shift(
            c.store, c.directory, c.viewer, given.idempotency_key, given.shift_id, given.note
        )
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Shift]) -> ShiftPayload:
    shift, errors = await outcome(info, doing)
    return ShiftPayload(shift=Shift.of(shift, info.context.store.clock()) if shift else None, errors=errors)

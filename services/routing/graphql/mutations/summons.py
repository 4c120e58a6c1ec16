"""Commands of whistle and check-in."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.summons import Summons
from services.routing.handlers.ladder import summons as handlers
from services.routing.model.ladder import summons as model
from services.routing.model.organisation.point import Point


@strawberry.type
class SummonsPayload:
    """The summons as it is now, null when refused. 吹哨,被拒绝时为空。"""

    summons: Summons | None
    errors: list[UserError]


@strawberry.input(description="A point, WGS-84. 坐标。")
class SummonsPlaceInput:
    lon: float
    lat: float


@strawberry.input
class WhistleInput:
    idempotency_key: str = strawberry.field(description=KEY)
    reason: model.SummonsReason
    tried_below: str = strawberry.field(description="What was tried below first. 基层已采取的措施。")
    matter: str = strawberry.field(description="What is to be done. 事项。")
    area_id: strawberry.ID
    address: str | None = None
    place: SummonsPlaceInput | None = None
    report_id: strawberry.ID | None = None
    post_ids: list[strawberry.ID] = strawberry.field(description="The posts that shall come. 被吹哨岗位。")


@strawberry.input
class CheckInInput:
    idempotency_key: str = strawberry.field(description=KEY)
    summons_id: strawberry.ID
    lon: float
    lat: float
    accuracy_m: float = strawberry.field(description="How far off it may be, in metres. 精度(米)。")


@strawberry.input
class ExtendSummonsInput:
    idempotency_key: str = strawberry.field(description=KEY)
    summons_id: strawberry.ID
    post_ids: list[strawberry.ID]


@strawberry.input
class ReleaseSummonedInput:
    idempotency_key: str = strawberry.field(description=KEY)
    summons_id: strawberry.ID
    post_id: strawberry.ID
    reason: str


@strawberry.input
class EvaluateSummonedInput:
    idempotency_key: str = strawberry.field(description=KEY)
    summons_id: strawberry.ID
    post_id: strawberry.ID
    mark: int = strawberry.field(description="1 to 5. 评分。")
    text: str


@strawberry.input
class EndSummonsInput:
    idempotency_key: str = strawberry.field(description=KEY)
    summons_id: strawberry.ID
    outcome: str = strawberry.field(description="What came of it. 处置结果。")


@strawberry.input
class CancelSummonsInput:
    idempotency_key: str = strawberry.field(description=KEY)
    summons_id: strawberry.ID
    reason: str


@strawberry.type
class SummonsMutations:
    @strawberry.mutation(description="Summon posts to a place, saying what was tried below. 吹哨。")
    async def whistle(
        self, info: Info, given: Annotated[WhistleInput, strawberry.argument(name="input")]
    ) -> SummonsPayload:
        c = info.context
        doing = handlers.whistle(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            reason=given.reason,
            tried_below=given.tried_below,
            matter=given.matter,
            area_id=given.area_id,
            address=given.address,
            place=Point(lon=given.place.lon, lat=given.place.lat) if given.place else None,
            report_id=given.report_id,
            posts=given.post_ids,
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Be there; for a post that is summoned. 报到。")
    async def check_in(
        self, info: Info, given: Annotated[CheckInInput, strawberry.argument(name="input")]
    ) -> SummonsPayload:
        c = info.context
        point = Point(lon=given.lon, lat=given.lat)
        doing = handlers.check_in(c.store, c.viewer, given.idempotency_key, given.summons_id, point, given.accuracy_m)
        return await _payload(info, doing)

    @strawberry.mutation(description="Summon more posts; for the caller. 增派。")
    async def extend_summons(
        self, info: Info, given: Annotated[ExtendSummonsInput, strawberry.argument(name="input")]
    ) -> SummonsPayload:
        c = info.context
        doing = handlers.extend(c.store, c.directory, c.viewer, given.idempotency_key, given.summons_id, given.post_ids)
        return await _payload(info, doing)

    @strawberry.mutation(description="Let a post go before the end; for the caller. 解除。")
    async def release_summoned(
        self, info: Info, given: Annotated[ReleaseSummonedInput, strawberry.argument(name="input")]
    ) -> SummonsPayload:
        c = info.context
        doing = handlers.release(
            c.store, c.viewer, given.idempotency_key, given.summons_id, given.post_id, given.reason
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Evaluate a post, once; for the caller. 评价。")
    async def evaluate_summoned(
        self, info: Info, given: Annotated[EvaluateSummonedInput, strawberry.argument(name="input")]
    ) -> SummonsPayload:
        c = info.context
        doing = handlers.evaluate(
            *(c.store, c.viewer, given.idempotency_key, given.summons_id),
            *(given.post_id, given.mark, given.text),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="The matter has ended and all may leave; for the caller. 结束吹哨。")
    async def end_summons(
        self, info: Info, given: Annotated[EndSummonsInput, strawberry.argument(name="input")]
    ) -> SummonsPayload:
        c = info.context
        doing = handlers.end(c.store, c.viewer, given.idempotency_key, given.summons_id, given.outcome)
        return await _payload(info, doing)

    @strawberry.mutation(description="Nobody need come; for the caller. 取消吹哨。")
    async def cancel_summons(
        self, info: Info, given: Annotated[CancelSummonsInput, strawberry.argument(name="input")]
    ) -> SummonsPayload:
        c = info.context
        doing = handlers.cancel(c.store, c.viewer, given.idempotency_key, given.summons_id, given.reason)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Summons]) -> SummonsPayload:
    summons, errors = await outcome(info, doing)
    return SummonsPayload(summons=Summons.of(summons) if summons else None, errors=errors)

"""Input, payload and resolver of each mutation on chains of custody."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.custody import Custody
from services.routing.handlers.order import custody as handlers
from services.routing.model.order import custody as model
from services.routing.views.custody import see


@strawberry.type
class CustodyPayload:
    """The chain as it is now; null when the command was refused, or when it is no longer the caller's to see. 交接链。"""

    custody: Custody | None
    errors: list[UserError]


@strawberry.input
class BeginCustodyInput:
    idempotency_key: str = strawberry.field(description=KEY)
    subject: model.CustodySubject
    reference: str = strawberry.field(description="The number of the register that knows more. 登记编号。")
    description: str | None = None
    area_id: strawberry.ID
    sealed: bool = False


@strawberry.input
class OfferCustodyInput:
    idempotency_key: str = strawberry.field(description=KEY)
    custody_id: strawberry.ID
    post_id: strawberry.ID
    note: str | None = strawberry.field(default=None, description="In what condition. 交接情况。")


@strawberry.input
class AcceptCustodyInput:
    idempotency_key: str = strawberry.field(description=KEY)
    custody_id: strawberry.ID


@strawberry.input
class RefuseCustodyInput:
    idempotency_key: str = strawberry.field(description=KEY)
    custody_id: strawberry.ID


@strawberry.input
class WithdrawCustodyOfferInput:
    idempotency_key: str = strawberry.field(description=KEY)
    custody_id: strawberry.ID


@strawberry.input
class CloseCustodyInput:
    idempotency_key: str = strawberry.field(description=KEY)
    custody_id: strawberry.ID
    reason: str


@strawberry.type
class CustodyMutations:
    @strawberry.mutation(description="The caller's post takes a person or thing in. 建立交接链。")
    async def begin_custody(
        self, info: Info, given: Annotated[BeginCustodyInput, strawberry.argument(name="input")]
    ) -> CustodyPayload:
        c = info.context
        doing = handlers.begin_custody(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.subject),
            *(given.reference, given.description, given.area_id),
            sealed=given.sealed,
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Offer it to another post, and sign; for the holder. 发起交接。")
    async def offer_custody(
        self, info: Info, given: Annotated[OfferCustodyInput, strawberry.argument(name="input")]
    ) -> CustodyPayload:
        c = info.context
        doing = handlers.offer_custody(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.custody_id),
            *(given.post_id, given.note),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Sign and take it over; for whom it is offered to. 接收。")
    async def accept_custody(
        self, info: Info, given: Annotated[AcceptCustodyInput, strawberry.argument(name="input")]
    ) -> CustodyPayload:
        c = info.context
        return await _payload(info, handlers.accept_custody(c.store, c.viewer, given.idempotency_key, given.custody_id))

    @strawberry.mutation(description="Do not take it; it stays with the holder. 拒收。")
    async def refuse_custody(
        self, info: Info, given: Annotated[RefuseCustodyInput, strawberry.argument(name="input")]
    ) -> CustodyPayload:
        c = info.context
        return await _payload(info, handlers.refuse_custody(c.store, c.viewer, given.idempotency_key, given.custody_id))

    @strawberry.mutation(description="Take the offer back; for the holder. 撤回交接。")
    async def withdraw_custody_offer(
        self, info: Info, given: Annotated[WithdrawCustodyOfferInput, strawberry.argument(name="input")]
    ) -> CustodyPayload:
        c = info.context
        return await _payload(
            info, handlers.withdraw_custody_offer(c.store, c.viewer, given.idempotency_key, given.custody_id)
        )

    @strawberry.mutation(description="End the chain; for the holder. 结束交接链。")
    async def close_custody(
        self, info: Info, given: Annotated[CloseCustodyInput, strawberry.argument(name="input")]
    ) -> CustodyPayload:
        c = info.context
        doing = handlers.close_custody(c.store, c.viewer, given.idempotency_key, given.custody_id, given.reason)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Custody]) -> CustodyPayload:
    custody, errors = await outcome(info, doing)
    seen = see(info.context.viewer, custody) if custody else None
    return CustodyPayload(custody=Custody.of(seen) if seen else None, errors=errors)

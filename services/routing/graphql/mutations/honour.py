"""Commands on honours: input, payload and resolver of each, side by side."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.honour import Honour
from services.routing.handlers.directive import honour as handlers
from services.routing.model.directive import honour as model


@strawberry.type
class HonourPayload:
    """The honour as it is now, null when refused. 荣誉,被拒绝时为空。"""

    honour: Honour | None
    errors: list[UserError]


@strawberry.input(description="A piece of verified work. 计分工作。")
class HonouredWorkInput:
    kind: model.WorkKind
    id: strawberry.ID


@strawberry.input
class NominateHonourInput:
    idempotency_key: str = strawberry.field(description=KEY)
    post_id: strawberry.ID
    title: str
    citation: str = strawberry.field(description="What it is honoured for. 事迹。")
    works: list[HonouredWorkInput]


@strawberry.input
class PublishHonourInput:
    idempotency_key: str = strawberry.field(description=KEY)
    honour_id: strawberry.ID


@strawberry.input
class DeclineHonourInput:
    idempotency_key: str = strawberry.field(description=KEY)
    honour_id: strawberry.ID
    reason: str


@strawberry.input
class WithdrawHonourInput:
    idempotency_key: str = strawberry.field(description=KEY)
    honour_id: strawberry.ID
    reason: str


@strawberry.type
class HonourMutations:
    @strawberry.mutation(description="Nominate a post for verified work; for its unit and the centre. 荣誉提名。")
    async def nominate_honour(
        self, info: Info, given: Annotated[NominateHonourInput, strawberry.argument(name="input")]
    ) -> HonourPayload:
        c = info.context
        works = [model.Work(kind=work.kind, id=work.id) for work in given.works]
        doing = handlers.nominate(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.post_id),
            *(given.title, given.citation, works),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Let everybody see it; for the centre, not of the unit. 公布荣誉。")
    async def publish_honour(
        self, info: Info, given: Annotated[PublishHonourInput, strawberry.argument(name="input")]
    ) -> HonourPayload:
        c = info.context
        return await _payload(info, handlers.publish(c.store, c.viewer, given.idempotency_key, given.honour_id))

    @strawberry.mutation(description="Say no; for the centre, not of the unit. 否决提名。")
    async def decline_honour(
        self, info: Info, given: Annotated[DeclineHonourInput, strawberry.argument(name="input")]
    ) -> HonourPayload:
        c = info.context
        doing = handlers.decline(c.store, c.viewer, given.idempotency_key, given.honour_id, given.reason)
        return await _payload(info, doing)

    @strawberry.mutation(description="Take a published one back; for the centre. 撤销荣誉。")
    async def withdraw_honour(
        self, info: Info, given: Annotated[WithdrawHonourInput, strawberry.argument(name="input")]
    ) -> HonourPayload:
        c = info.context
        doing = handlers.withdraw(c.store, c.viewer, given.idempotency_key, given.honour_id, given.reason)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Honour]) -> HonourPayload:
    honour, errors = await outcome(info, doing)
    return HonourPayload(honour=Honour.of(honour) if honour else None, errors=errors)

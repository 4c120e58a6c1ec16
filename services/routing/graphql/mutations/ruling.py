"""Input and resolver of each mutation about adjudication and rulings."""

from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.order_payload import WorkOrderPayload, commanded, payload
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.matter import Track, Urgency
from services.routing.graphql.types.ruling import Ruling
from services.routing.handlers.rules import ruling as handlers
from services.routing.model.rules.conditions import Conditions
from services.routing.model.rules.ruling import Scope


@strawberry.type
class RulingPayload:
    """The ruling as it is now, null when refused. 裁定,被拒绝时为空。"""

    ruling: Ruling | None
    errors: list[UserError]


@strawberry.input
class ReferOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID


@strawberry.input
class CallHearingInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    units: list[strawberry.ID]


@strawberry.input
class StateViewOnOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    text: str


@strawberry.input(description="For which other matters it is a precedent. 适用范围。")
class RulingScopeInput:
    category: strawberry.ID | None = None
    area_id: strawberry.ID | None = None
    urgencies: list[Urgency] = strawberry.field(default_factory=list)
    tracks: list[Track] = strawberry.field(default_factory=list)
    valid_to: datetime | None = None

    def scope(self) -> Scope:
        """The scope for the model."""
        when = Conditions(urgencies=tuple(self.urgencies), tracks=tuple(self.tracks))
        return Scope(category=self.category, area_id=self.area_id, when=when, valid_to=self.valid_to)


@strawberry.input
class RuleOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    post_id: strawberry.ID = strawberry.field(description="Whose it is. 裁定承办岗位。")
    question: str = strawberry.field(description="What was in dispute. 争议问题。")
    facts: str
    basis: str = strawberry.field(description="By which rule. 裁定依据。")
    units_heard: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Units heard besides those that returned it. 听取意见的其他单位。"
    )
    applies_to: RulingScopeInput | None = strawberry.field(
        default=None, description="Without it the ruling is for this order only. 适用范围,缺省仅适用本单。"
    )


@strawberry.input
class RevokeRulingInput:
    idempotency_key: str = strawberry.field(description=KEY)
    ruling_id: strawberry.ID
    reason: str


@strawberry.type
class RulingMutations:
    @strawberry.mutation(description="Take a returned order up for a ruling; for the centre. 提请裁定。")
    async def refer_order(
        self, info: Info, given: Annotated[ReferOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.refer_order(commanded(info, given)))

    @strawberry.mutation(
        description="Invite units to say their part before the ruling; for the centre. 邀请单位陈述意见。"
    )
    async def call_hearing(
        self, info: Info, given: Annotated[CallHearingInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.call_hearing(commanded(info, given), given.units))

    @strawberry.mutation(
        description="Put a unit's view on record before the ruling; for units that returned the order or are invited. 陈述意见。"
    )
    async def state_view_on_order(
        self, info: Info, given: Annotated[StateViewOnOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        return await payload(info, handlers.state_view(commanded(info, given), given.text))

    @strawberry.mutation(
        description="Say whose an order is; it cannot be returned after that. For the centre. 裁定并派单。"
    )
    async def rule_order(
        self, info: Info, given: Annotated[RuleOrderInput, strawberry.argument(name="input")]
    ) -> WorkOrderPayload:
        ruling = handlers.RulingGiven(
            post_id=given.post_id,
            question=given.question,
            facts=given.facts,
            units_heard=tuple(given.units_heard),
            basis=given.basis,
            scope=given.applies_to.scope() if given.applies_to else None,
        )
        return await payload(info, handlers.rule_order(commanded(info, given), ruling))

    @strawberry.mutation(description="Be no precedent any more; for the centre. 撤销裁定。")
    async def revoke_ruling(
        self, info: Info, given: Annotated[RevokeRulingInput, strawberry.argument(name="input")]
    ) -> RulingPayload:
        c = info.context
        doing = handlers.revoke_ruling(c.store, c.viewer, given.idempotency_key, given.ruling_id, given.reason)
        ruling, errors = await outcome(info, doing)
        return RulingPayload(ruling=Ruling.of(ruling) if ruling else None, errors=errors)

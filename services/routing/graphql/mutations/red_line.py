"""Commands on red lines: input and resolver of each, side by side."""

from typing import Annotated

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.mutations.directive import DirectiveHeadingInput, DirectivePayload, directive_payload
from services.routing.graphql.mutations.outcome import KEY
from services.routing.graphql.types.evidence import OrderEvidenceInput, evidence_of
from services.routing.handlers.directive import directive as handlers
from services.routing.model.directive.red_line import Rhythm


@strawberry.input
class DraftRedLineInput:
    idempotency_key: str = strawberry.field(description=KEY)
    heading: DirectiveHeadingInput
    rhythm: Rhythm


@strawberry.input
class AmendRedLineInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    text: str
    reason: str


@strawberry.input
class LiftRedLineInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    reason: str


@strawberry.input
class AttestRedLineInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    period: str = strawberry.field(description="The key of a period. 周期名。")
    note: str | None = None


@strawberry.input
class ReportBreachInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    post_id: strawberry.ID = strawberry.field(description="The addressed post that broke the line. 涉及岗位。")
    text: str
    evidence: list[OrderEvidenceInput] = strawberry.field(default_factory=list)


@strawberry.input
class VerifyBreachInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    breach_id: strawberry.ID
    founded: bool = strawberry.field(description="Whether it is so. 是否属实。")
    finding: str


@strawberry.input
class HandleBreachInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    breach_id: strawberry.ID
    measure: str


@strawberry.type
class RedLineMutations:
    @strawberry.mutation(description="Draft a red line; for the centre. 草拟法纪红线。")
    async def draft_red_line(
        self, info: Info, given: Annotated[DraftRedLineInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.draft_red_line(
            c.store, c.directory, c.viewer, given.idempotency_key, given.heading.read(), given.rhythm
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Change its text; the former is kept; for the centre. 修订红线。")
    async def amend_red_line(
        self, info: Info, given: Annotated[AmendRedLineInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.amend_red_line(
            c.store, c.viewer, given.idempotency_key, given.directive_id, given.text, given.reason
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="It no longer holds; for the centre. 解除红线。")
    async def lift_red_line(
        self, info: Info, given: Annotated[LiftRedLineInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.lift_red_line(c.store, c.viewer, given.idempotency_key, given.directive_id, given.reason)
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Declare for a period that one kept the line; for addressees. 承诺遵守。")
    async def attest_red_line(
        self, info: Info, given: Annotated[AttestRedLineInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.attest_red_line(
            c.store, c.viewer, given.idempotency_key, given.directive_id, given.period, given.note
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Report a breach; for whoever sees the line. 举报违纪。")
    async def report_breach(
        self, info: Info, given: Annotated[ReportBreachInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.report_breach(
            *(c.store, c.viewer, given.idempotency_key, given.directive_id),
            *(given.post_id, given.text, evidence_of(given.evidence)),
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Say whether a breach is so; for the centre, not of the unit. 核实违纪。")
    async def verify_breach(
        self, info: Info, given: Annotated[VerifyBreachInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.verify_breach(
            *(c.store, c.viewer, given.idempotency_key, given.directive_id),
            *(given.breach_id, given.founded, given.finding),
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Say what was done about it; for the centre, not of the unit. 处理违纪。")
    async def handle_breach(
        self, info: Info, given: Annotated[HandleBreachInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.handle_breach(
            c.store, c.viewer, given.idempotency_key, given.directive_id, given.breach_id, given.measure
        )
        return await directive_payload(info, doing)

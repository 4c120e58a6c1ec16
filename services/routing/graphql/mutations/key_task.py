"""Commands on key tasks: input and resolver of each, side by side."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.mutations.directive import DirectiveHeadingInput, DirectivePayload, directive_payload
from services.routing.graphql.mutations.outcome import KEY
from services.routing.graphql.types.evidence import OrderEvidenceInput, evidence_of
from services.routing.handlers.directive import directive as handlers
from services.routing.model.directive.directive import Directive
from services.routing.model.directive.key_task import PartBrief, Project, cadence_of


@strawberry.input(description="A share of the task. 任务分项。")
class TaskPartInput:
    title: str
    post_id: strawberry.ID = strawberry.field(description="One of the addressed posts. 受令岗位之一。")
    weight: int = strawberry.field(description="Percent of the whole; all sum to 100. 权重,合计100。")
    due_at: datetime | None = strawberry.field(
        default=None, description="The deadline of the whole unless given. 分项时限。"
    )


@strawberry.input(description="Makes the task a livelihood project. 民生实事项目。")
class LivelihoodProjectInput:
    year: int
    budget_fen: int
    households: int


@strawberry.input
class DraftKeyTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    heading: DirectiveHeadingInput
    due_at: datetime
    acknowledge_by: datetime
    cadence: str = strawberry.field(description="How often to report, ISO 8601 duration such as P7D. 报告周期。")
    parts: list[TaskPartInput] = strawberry.field(
        default_factory=list, description="Without any, every addressee has an equal share. 不填则平均分解。"
    )
    project: LivelihoodProjectInput | None = None


@strawberry.input
class AcknowledgeDirectiveInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID


@strawberry.input
class BreakDownKeyTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    parts: list[TaskPartInput]


@strawberry.input
class ReportProgressInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    part_id: strawberry.ID
    percent: int
    text: str
    evidence: list[OrderEvidenceInput]
    spent_fen: int | None = strawberry.field(default=None, description="Spent so far, in fen. 累计支出(分)。")


@strawberry.input
class SubmitKeyTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    summary: str
    evidence: list[OrderEvidenceInput] = strawberry.field(default_factory=list)


@strawberry.input
class AcceptKeyTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID


@strawberry.input
class ReturnKeyTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    reason: str
    due_at: datetime | None = strawberry.field(default=None, description="A new deadline, if any. 新时限。")


@strawberry.input
class RevokeKeyTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    reason: str


@strawberry.type
class KeyTaskMutations:
    @strawberry.mutation(description="Draft a key task; for the centre. 草拟重点任务。")
    async def draft_key_task(
        self, info: Info, given: Annotated[DraftKeyTaskInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        return await directive_payload(info, _draft(info, given))

    @strawberry.mutation(description="Say that one has it; for addressees of a key task. 签收。")
    async def acknowledge_directive(
        self, info: Info, given: Annotated[AcknowledgeDirectiveInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.acknowledge_directive(c.store, c.viewer, given.idempotency_key, given.directive_id)
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Divide by weight, before anybody reports; for the centre. 分解任务。")
    async def break_down_key_task(
        self, info: Info, given: Annotated[BreakDownKeyTaskInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.break_down_key_task(
            c.store, c.viewer, given.idempotency_key, given.directive_id, _parts(given.parts)
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Say how far a part is, with evidence; for its unit. 报告进度。")
    async def report_progress(
        self, info: Info, given: Annotated[ReportProgressInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.report_progress(
            *(c.store, c.viewer, given.idempotency_key, given.directive_id, given.part_id),
            *(given.percent, given.text, evidence_of(given.evidence), given.spent_fen),
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Hand the whole in; for an addressee. 报验。")
    async def submit_key_task(
        self, info: Info, given: Annotated[SubmitKeyTaskInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.submit_key_task(
            *(c.store, c.viewer, given.idempotency_key, given.directive_id),
            *(given.summary, evidence_of(given.evidence)),
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Accept the result; for the centre, not for an addressee. 验收。")
    async def accept_key_task(
        self, info: Info, given: Annotated[AcceptKeyTaskInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.accept_key_task(c.store, c.viewer, given.idempotency_key, given.directive_id)
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Not good enough: work again; for the centre. 退回。")
    async def return_key_task(
        self, info: Info, given: Annotated[ReturnKeyTaskInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.return_key_task(
            c.store, c.viewer, given.idempotency_key, given.directive_id, given.reason, given.due_at
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Take the task back; for the centre. 撤销。")
    async def revoke_key_task(
        self, info: Info, given: Annotated[RevokeKeyTaskInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.revoke_key_task(c.store, c.viewer, given.idempotency_key, given.directive_id, given.reason)
        return await directive_payload(info, doing)


async def _draft(info: Info, given: DraftKeyTaskInput) -> Directive:
    c, project = info.context, given.project
    return await handlers.draft_key_task(
        *(c.store, c.directory, c.viewer, given.idempotency_key, given.heading.read()),
        due_at=given.due_at,
        acknowledge_by=given.acknowledge_by,
        cadence=cadence_of(given.cadence),
        parts=_parts(given.parts),
        project=Project(year=project.year, budget_fen=project.budget_fen, households=project.households)
        if project
        else None,
    )


def _parts(given: Sequence[TaskPartInput]) -> list[PartBrief]:
    return [PartBrief(title=part.title, post=part.post_id, weight=part.weight, due_at=part.due_at) for part in given]

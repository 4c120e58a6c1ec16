"""Escalations: what climbs, who owns it, what each step did. For staff; who may not see one finds none."""

from datetime import datetime
from typing import Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.ladder import escalation as aggregate
from services.routing.model.ladder import escalation_parts as model
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.policy import StepKind

strawberry.enum(model.EscalationState, name="EscalationState", description="Where a ladder stands. 提级状态。")
strawberry.enum(model.SubjectKind, name="EscalationSubjectKind", description="What a ladder runs for. 提级对象。")
strawberry.enum(model.Trigger, name="EscalationTrigger", description="Why a ladder runs. 提级起因。")
strawberry.enum(model.Outcome, name="EscalationStepOutcome", description="What came of a step. 步骤结果。")
strawberry.enum(StepKind, name="EscalationStepKind", description="What a rung of a ladder does. 步骤类型。")


@strawberry.type(description="A post that has the duty. 责任岗位。")
class EscalationOwner:
    since: datetime
    level: PostLevel | None
    by_hand: bool = strawberry.field(description="Somebody raised it. 人工提级。")
    reason: str | None
    released_at: datetime | None = strawberry.field(description="From here on it has the duty no more. 解除时间。")
    release_reason: str | None
    _owner: strawberry.Private[model.Owner]

    @strawberry.field(description="The post. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._owner.post)

    @strawberry.field(description="Its unit. 单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._owner.unit)

    @classmethod
    def of(cls, owner: model.Owner) -> Self:
        """The owner as GraphQL shows it."""
        return cls(
            since=owner.since,
            level=owner.level,
            by_hand=owner.by.person is not None,
            reason=owner.reason,
            released_at=owner.released_at,
            release_reason=owner.release_reason,
            _owner=owner,
        )


@strawberry.type(description="What a step did. 步骤记录。")
class EscalationStep:
    step: int = strawberry.field(description="The rung, from 0. 步骤序号。")
    attempt: int
    at: datetime
    kind: StepKind
    outcome: model.Outcome
    _post: strawberry.Private[str | None]

    @strawberry.field(description="The post it was for. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._post)


@strawberry.type(description="An owner says that it acts. 认领。")
class EscalationAcknowledgement:
    at: datetime
    until: datetime = strawberry.field(description="Then the ladder runs on, unless something moved. 有效期至。")
    text: str
    _post: strawberry.Private[str]

    @strawberry.field(description="The owner. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._post)


@strawberry.type(description="A reason for which the ladder runs. 提级起因。")
class EscalationOccasion:
    at: datetime
    trigger: model.Trigger
    reason: str


@strawberry.federation.type(keys=["id"], description="A ladder that runs for a matter until somebody acts. 提级。")
class Escalation:
    id: strawberry.ID
    subject_kind: model.SubjectKind
    subject_id: strawberry.ID
    subject_number: str = strawberry.field(description="The number to read aloud. 对象编号。")
    state: model.EscalationState
    ladder: str
    ladder_name: str
    calendar_version: str = strawberry.field(description="Working time as it was at the start. 日历版本。")
    started_at: datetime
    next_step_at: datetime | None = strawberry.field(description="When the next step is due. 下一步时间。")
    ended_at: datetime | None
    end_reason: str | None = strawberry.field(description="What was said when it was settled or cancelled. 结束说明。")
    occasions: list[EscalationOccasion]
    owners: list[EscalationOwner] = strawberry.field(
        description="All that ever had the duty, the first first. 责任链。"
    )
    steps: list[EscalationStep]
    acknowledgements: list[EscalationAcknowledgement]
    _escalation: strawberry.Private[aggregate.Escalation]

    @strawberry.field(description="Where. 所在区域。")
    def area(self, info: Info) -> Area | None:
        path = self._escalation.subject.area_path
        return area_of(info.context, path[-1] if path else None)

    @classmethod
    def of(cls, escalation: aggregate.Escalation) -> Self:
        """The escalation as GraphQL shows it."""
        subject = escalation.subject
        return cls(
            id=strawberry.ID(escalation.id),
            subject_kind=subject.kind,
            subject_id=strawberry.ID(subject.id),
            subject_number=subject.number,
            state=escalation.state,
            ladder=escalation.ladder_id,
            ladder_name=escalation.ladder_name,
            calendar_version=escalation.calendar_version,
            started_at=escalation.started_at,
            next_step_at=escalation.next_step_at,
            ended_at=escalation.ended_at,
            end_reason=escalation.end_reason,
            occasions=[
                EscalationOccasion(at=one.at, trigger=one.trigger, reason=one.reason) for one in escalation.occasions
            ],
            owners=[EscalationOwner.of(owner) for owner in escalation.owners],
            steps=[
                EscalationStep(
                    step=row.step, attempt=row.attempt, at=row.at, kind=row.kind, outcome=row.outcome, _post=row.post
                )
                for row in escalation.records
            ],
            acknowledgements=[
                EscalationAcknowledgement(at=one.at, until=one.until, text=one.text, _post=one.post)
                for one in escalation.acknowledgements
            ],
            _escalation=escalation,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Escalation | None":
        return await escalation_of(info.context, id)


async def escalation_of(context: Context, escalation_id: str) -> Escalation | None:
    """The escalation with this id if the viewer sees it. Raises Unauthenticated."""
    seen = await context.escalations.load(escalation_id)
    return Escalation.of(seen) if seen else None


async def escalations_of(context: Context, kind: model.SubjectKind, subject_id: str) -> list[Escalation]:
    """The escalations of a subject that the viewer sees, oldest first. Raises Unauthenticated."""
    return [Escalation.of(one) for one in await context.escalations_of.load((kind, subject_id))]

"""Supervisions: each level leaves a record."""

from datetime import datetime
from typing import Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.directive import supervision as model

strawberry.enum(
    model.SupervisionLevel, name="SupervisionLevel", description="Remind, in writing, superior, talk. 督办级别。"
)
strawberry.enum(model.SupervisionState, name="SupervisionState", description="Where it is. 督办状态。")
strawberry.enum(model.SubjectKind, name="SupervisionSubjectKind", description="What it is about. 督办对象。")


@strawberry.federation.type(keys=["id"], description="A post is held to what it owes, on one of four levels. 督办。")
class Supervision:
    id: strawberry.ID
    level: model.SupervisionLevel
    state: model.SupervisionState
    subject_kind: model.SubjectKind
    subject_id: strawberry.ID = strawberry.field(description="Of the directive, part or order. 督办对象编号。")
    by_rule: bool = strawberry.field(description="Opened by rule, not by hand. 系统自动发起。")
    reason: str
    opened_at: datetime
    answer_due_at: datetime = strawberry.field(description="When the post must have answered. 答复时限。")
    unanswered: bool = strawberry.field(description="That time passed without an answer. 逾期未答复。")
    answer: str | None
    answered_at: datetime | None
    settlement: str | None = strawberry.field(description="What came of it. 销号说明。")
    settled_at: datetime | None
    _supervision: strawberry.Private[model.Supervision]

    @strawberry.field(description="The post that has to answer. 被督办岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._supervision.post)

    @strawberry.field(description="Its unit. 被督办单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._supervision.unit)

    @strawberry.field(description="From the third level on: the posts above that were told. 抄告上级岗位。")
    def superiors(self, info: Info) -> list[Post]:
        posts = (post_of(info.context, post_id) for post_id in self._supervision.superiors)
        return [post for post in posts if post]

    @strawberry.field(description="Whose post opened it; null by rule. 发起岗位。")
    def opened_by(self, info: Info) -> Post | None:
        return post_of(info.context, self._supervision.opened_by.post)

    @classmethod
    def of(cls, supervision: model.Supervision) -> Self:
        """The supervision as GraphQL shows it."""
        return cls(
            id=strawberry.ID(supervision.id),
            level=supervision.level,
            state=supervision.state,
            subject_kind=supervision.subject.kind,
            subject_id=strawberry.ID(supervision.subject.id),
            by_rule=supervision.by_rule,
            reason=supervision.reason,
            opened_at=supervision.opened_at,
            answer_due_at=supervision.answer_due_at,
            unanswered=supervision.unanswered,
            answer=supervision.answer_text,
            answered_at=supervision.answered_at,
            settlement=supervision.settlement,
            settled_at=supervision.settled_at,
            _supervision=supervision,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Supervision | None":
        return await supervision_of(info.context, id)


async def supervision_of(context: Context, supervision_id: str) -> Supervision | None:
    """The supervision with this id if the viewer sees it. Raises Unauthenticated."""
    found = await context.supervisions.load(supervision_id)
    return Supervision.of(found) if found else None


async def supervisions_about(context: Context, subject_id: str) -> list[Supervision]:
    """The supervisions about a matter that the viewer sees, oldest first."""
    return [Supervision.of(found) for found in await context.supervisions_about.load(subject_id)]

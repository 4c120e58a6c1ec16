"""Absences, who answers for a post meanwhile, and the gaps where nobody does."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.post import Post, PostHolder, holder_of, post_of
from services.routing.model.organisation import absence as model
from services.routing.model.organisation.gap import RosterGap as ModelGap

strawberry.enum(model.AbsenceState, name="AbsenceState", description="Where in its life an absence is. 离岗状态。")


@strawberry.type(description="A person is away for a time; B or a stand-in answers. 离岗登记。")
class Absence:
    id: strawberry.ID
    since: datetime
    until: datetime = strawberry.field(description="Back from this moment. 返岗时间。")
    reason: str | None
    recorded_at: datetime
    state: model.AbsenceState
    _absence: strawberry.Private[model.AbsencePeriod]

    @strawberry.field(description="Who is away. 离岗人员。")
    def person(self, info: Info) -> PostHolder | None:
        return holder_of(info.context, self._absence.person)

    @strawberry.field(description="The person named to stand in, after B. 代班人员(B角之后)。")
    def stand_in_person(self, info: Info) -> PostHolder | None:
        return holder_of(info.context, self._absence.stand_in_person)

    @strawberry.field(description="The post named to stand in, after B. 代班岗位(B角之后)。")
    def stand_in_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._absence.stand_in_post)

    @strawberry.field(description="Who recorded it. 登记人。")
    def recorded_by(self, info: Info) -> PostHolder | None:
        return holder_of(info.context, self._absence.recorded_by.person)

    @classmethod
    def of(cls, absence: model.AbsencePeriod, now: datetime) -> Self:
        """The absence as GraphQL shows it to who may arrange it."""
        return cls(
            id=strawberry.ID(absence.id),
            since=absence.since,
            until=absence.until,
            reason=absence.reason,
            recorded_at=absence.recorded_at,
            state=absence.state(now),
            _absence=absence,
        )


@strawberry.type(description="For some time nobody answers for a post. 岗位空缺。")
class RosterGap:
    since: datetime
    until: datetime
    announced_ahead_at: datetime | None
    announced_at: datetime | None = strawberry.field(description="When it was announced as present. 空缺当时通报时间。")
    _gap: strawberry.Private[ModelGap]

    @strawberry.field(description="The post without anybody. 空缺岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._gap.post)

    @classmethod
    def of(cls, gap: ModelGap) -> Self:
        """The gap as GraphQL shows it."""
        return cls(
            since=gap.since,
            until=gap.until,
            announced_ahead_at=gap.announced_ahead_at,
            announced_at=gap.announced_at,
            _gap=gap,
        )

"""Commands on first agenda items: input and resolver of each, side by side."""

from datetime import datetime
from typing import Annotated

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.mutations.directive import DirectiveHeadingInput, DirectivePayload, directive_payload
from services.routing.graphql.mutations.outcome import KEY
from services.routing.handlers.directive import directive as handlers
from services.routing.model.directive.first_agenda import Attendance


@strawberry.input
class DraftFirstAgendaInput:
    idempotency_key: str = strawberry.field(description=KEY)
    heading: DirectiveHeadingInput
    due_at: datetime = strawberry.field(description="By when it must have been studied. 学习时限。")


@strawberry.input
class ScheduleFirstAgendaInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    meeting_at: datetime
    place: str


@strawberry.input(description="Whether a post that was expected came. 到会情况。")
class AttendanceInput:
    post_id: strawberry.ID
    present: bool
    note: str | None = strawberry.field(default=None, description="Who sat in, or why not. 代会或缺席说明。")


@strawberry.input
class StudyFirstAgendaInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    minutes: str
    attendance: list[AttendanceInput]


@strawberry.input(description="A task the study led to. 后续任务。")
class FollowUpInput:
    text: str
    post_id: strawberry.ID
    due_at: datetime


@strawberry.input
class FollowUpFirstAgendaInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    follow_ups: list[FollowUpInput]
    reason_for_none: str | None = strawberry.field(default=None, description="Required without tasks. 无任务时必填。")


@strawberry.input
class CompleteFollowUpInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    follow_up_id: strawberry.ID
    result: str


@strawberry.type
class FirstAgendaMutations:
    @strawberry.mutation(description="Draft a first agenda item; for the centre. 草拟第一议题。")
    async def draft_first_agenda(
        self, info: Info, given: Annotated[DraftFirstAgendaInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.draft_first_agenda(
            c.store, c.directory, c.viewer, given.idempotency_key, given.heading.read(), given.due_at
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Set the meeting, or move it; for addressees and the centre. 会议排期。")
    async def schedule_first_agenda(
        self, info: Info, given: Annotated[ScheduleFirstAgendaInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.schedule_first_agenda(
            c.store, c.viewer, given.idempotency_key, given.directive_id, given.meeting_at, given.place
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Record the meeting: minutes and who came. 登记学习。")
    async def study_first_agenda(
        self, info: Info, given: Annotated[StudyFirstAgendaInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.study_first_agenda(
            *(c.store, c.viewer, given.idempotency_key, given.directive_id),
            *(given.minutes, attendance_of(given.attendance)),
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="The tasks it led to, or why none. 部署落实。")
    async def follow_up_first_agenda(
        self, info: Info, given: Annotated[FollowUpFirstAgendaInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        tasks = [(task.text, str(task.post_id), task.due_at) for task in given.follow_ups]
        doing = handlers.follow_up_first_agenda(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.directive_id, tasks, given.reason_for_none)
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="Say what came of a follow-up; for its post. 完成后续任务。")
    async def complete_follow_up(
        self, info: Info, given: Annotated[CompleteFollowUpInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = handlers.complete_follow_up(
            c.store, c.viewer, given.idempotency_key, given.directive_id, given.follow_up_id, given.result
        )
        return await directive_payload(info, doing)


def attendance_of(given: list[AttendanceInput]) -> list[Attendance]:
    """The rows, for the model."""
    return [Attendance(post=row.post_id, present=row.present, note=row.note) for row in given]

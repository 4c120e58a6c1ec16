"""Commands on meetings and their series: input, payload and resolver of each, side by side."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.meeting import Meeting, MeetingSeries
from services.routing.handlers.directive import meeting as handlers
from services.routing.model.directive import meeting as model


@strawberry.type
class MeetingPayload:
    """The meeting as it is now, null when refused. 会议,被拒绝时为空。"""

    meeting: Meeting | None
    errors: list[UserError]


@strawberry.type
class MeetingSeriesPayload:
    """The series as it is now, null when refused. 例会,被拒绝时为空。"""

    series: MeetingSeries | None
    errors: list[UserError]


@strawberry.input(description="What a series is. 例会要素。")
class MeetingSeriesInput:
    kind: model.MeetingKind
    name: str
    post_id: strawberry.ID = strawberry.field(description="The post responsible. 责任岗位。")
    area_id: strawberry.ID = strawberry.field(description="Whose matters it lists. 区域。")
    members: list[strawberry.ID] = strawberry.field(default_factory=list, description="Member units. 成员单位。")
    weekdays: list[int] = strawberry.field(
        default_factory=list, description="1 is Monday; none for a joint conference. 星期,联席会议可不填。"
    )
    at: str | None = strawberry.field(default=None, description="Local time, such as 08:30. 时间。")

    def read(self) -> handlers.SeriesGiven:
        """The same for the handlers."""
        return handlers.SeriesGiven(
            kind=self.kind,
            name=self.name,
            post_id=self.post_id,
            area_id=self.area_id,
            members=tuple(self.members),
            weekdays=tuple(self.weekdays),
            at=self.at,
        )


@strawberry.input
class DefineMeetingSeriesInput:
    idempotency_key: str = strawberry.field(description=KEY)
    series: MeetingSeriesInput


@strawberry.input
class ChangeMeetingSeriesInput:
    idempotency_key: str = strawberry.field(description=KEY)
    series_id: strawberry.ID
    series: MeetingSeriesInput


@strawberry.input
class EndMeetingSeriesInput:
    idempotency_key: str = strawberry.field(description=KEY)
    series_id: strawberry.ID


@strawberry.input
class ConveneConferenceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    reason: str
    place: str | None = strawberry.field(default=None, description="Required without a venue. 无阵地时必填。")
    venue_id: strawberry.ID | None = strawberry.field(
        default=None, description="A venue of the register, which is booked for it. 使用的阵地。"
    )
    meets_at: datetime
    ends_at: datetime | None = strawberry.field(
        default=None, description="Until when the venue is needed; required with one. 阵地使用至。"
    )
    series_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whose council is convened. 沿用的联席会议成员。"
    )
    members: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Further units; the lead's always belongs to it. 增加的成员单位。"
    )


@strawberry.input(description="Whether a member unit came. 到会情况。")
class MeetingAttendanceInput:
    unit_id: strawberry.ID
    present: bool
    note: str | None = None


@strawberry.input
class RecordMeetingInput:
    idempotency_key: str = strawberry.field(description=KEY)
    meeting_id: strawberry.ID
    minutes: str
    attendance: list[MeetingAttendanceInput] = strawberry.field(default_factory=list)


@strawberry.input
class DecideAtMeetingInput:
    idempotency_key: str = strawberry.field(description=KEY)
    meeting_id: strawberry.ID
    text: str
    item_id: strawberry.ID | None = strawberry.field(default=None, description="The item it is about. 对应议项。")
    work_order_id: strawberry.ID | None = strawberry.field(
        default=None, description="The open order that carries it out. 承办的在办工单。"
    )
    post_id: strawberry.ID | None = strawberry.field(
        default=None, description="Or the post that gets a new order for it. 或新开工单的承办岗位。"
    )
    due_at: datetime | None = None


@strawberry.input
class SettleMeetingItemsInput:
    idempotency_key: str = strawberry.field(description=KEY)
    meeting_id: strawberry.ID
    item_ids: list[strawberry.ID]
    outcome: model.Outcome
    note: str | None = strawberry.field(default=None, description="Required to carry over. 顺延时必填。")


@strawberry.input
class CloseMeetingInput:
    idempotency_key: str = strawberry.field(description=KEY)
    meeting_id: strawberry.ID


@strawberry.type
class MeetingMutations:
    @strawberry.mutation(description="A recurring meeting, or a standing council; for the centre. 设立例会。")
    async def define_meeting_series(
        self, info: Info, given: Annotated[DefineMeetingSeriesInput, strawberry.argument(name="input")]
    ) -> MeetingSeriesPayload:
        c = info.context
        doing = handlers.define_series(c.store, c.directory, c.viewer, given.idempotency_key, given.series.read())
        return await _series(info, doing)

    @strawberry.mutation(description="Other members, time or post from now on; for the centre. 调整例会。")
    async def change_meeting_series(
        self, info: Info, given: Annotated[ChangeMeetingSeriesInput, strawberry.argument(name="input")]
    ) -> MeetingSeriesPayload:
        c = info.context
        doing = handlers.change_series(
            c.store, c.directory, c.viewer, given.idempotency_key, given.series_id, given.series.read()
        )
        return await _series(info, doing)

    @strawberry.mutation(description="It meets no more; for the centre. 停止例会。")
    async def end_meeting_series(
        self, info: Info, given: Annotated[EndMeetingSeriesInput, strawberry.argument(name="input")]
    ) -> MeetingSeriesPayload:
        c = info.context
        return await _series(info, handlers.end_series(c.store, c.viewer, given.idempotency_key, given.series_id))

    @strawberry.mutation(description="Convene a joint conference on a hard order; for the centre. 召集联席会议。")
    async def convene_conference(
        self, info: Info, given: Annotated[ConveneConferenceInput, strawberry.argument(name="input")]
    ) -> MeetingPayload:
        c = info.context
        doing = handlers.convene_conference(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.work_order_id),
            series_id=given.series_id,
            members=[str(unit_id) for unit_id in given.members],
            reason=given.reason,
            place=given.place,
            venue_id=given.venue_id,
            meets_at=given.meets_at,
            ends_at=given.ends_at,
        )
        return await _meeting(info, doing)

    @strawberry.mutation(description="Minutes, and which units came; for who runs it. 登记会议。")
    async def record_meeting(
        self, info: Info, given: Annotated[RecordMeetingInput, strawberry.argument(name="input")]
    ) -> MeetingPayload:
        c = info.context
        attendance = [
            model.MeetingAttendance(unit=row.unit_id, present=row.present, note=row.note) for row in given.attendance
        ]
        doing = handlers.record_meeting(
            c.store, c.viewer, given.idempotency_key, given.meeting_id, given.minutes, attendance
        )
        return await _meeting(info, doing)

    @strawberry.mutation(description="A decision and the order that carries it out; for who runs it. 会议决定。")
    async def decide_at_meeting(
        self, info: Info, given: Annotated[DecideAtMeetingInput, strawberry.argument(name="input")]
    ) -> MeetingPayload:
        c = info.context
        doing = handlers.decide_at_meeting(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.meeting_id, given.text),
            item_id=given.item_id,
            work_order_id=given.work_order_id,
            post_id=given.post_id,
            due_at=given.due_at,
        )
        return await _meeting(info, doing)

    @strawberry.mutation(description="What the meeting made of items; for who runs it. 议项结论。")
    async def settle_meeting_items(
        self, info: Info, given: Annotated[SettleMeetingItemsInput, strawberry.argument(name="input")]
    ) -> MeetingPayload:
        c = info.context
        doing = handlers.settle_items(
            *(c.store, c.viewer, given.idempotency_key, given.meeting_id),
            *([str(item_id) for item_id in given.item_ids], given.outcome, given.note),
        )
        return await _meeting(info, doing)

    @strawberry.mutation(description="It is over: minutes are there, every item has an outcome. 会议办结。")
    async def close_meeting(
        self, info: Info, given: Annotated[CloseMeetingInput, strawberry.argument(name="input")]
    ) -> MeetingPayload:
        c = info.context
        doing = handlers.close_meeting(c.store, c.viewer, given.idempotency_key, given.meeting_id)
        return await _meeting(info, doing)


async def _meeting(info: Info, doing: Awaitable[model.Meeting]) -> MeetingPayload:
    meeting, errors = await outcome(info, doing)
    return MeetingPayload(meeting=Meeting.of(meeting) if meeting else None, errors=errors)


async def _series(info: Info, doing: Awaitable[model.MeetingSeries]) -> MeetingSeriesPayload:
    series, errors = await outcome(info, doing)
    return MeetingSeriesPayload(series=MeetingSeries.of(series) if series else None, errors=errors)

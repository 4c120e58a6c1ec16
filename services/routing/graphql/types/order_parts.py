"""What a work order is made of, as it is shown: clocks, turns, help, parts, waits, more time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.clock import clocks
from services.routing.model.clock.calendar import Calendar
from services.routing.model.order import parts

strawberry.enum(clocks.ClockKind, name="ClockKind", description="What a clock measures. 计时类型。")
strawberry.enum(parts.SourceKind, name="OrderSourceKind", description="From what an order follows. 工单来源。")


@strawberry.type(description="What an order follows from. 工单来源。")
class OrderSource:
    kind: parts.SourceKind
    id: strawberry.ID


@strawberry.type(description="Time that did not count, and who was waited for. 暂停计时。")
class ClockPause:
    since: datetime
    until: datetime | None
    awaited: str | None = strawberry.field(description="Staff. 等待对象。")


@strawberry.type(description="One running clock. 计时。")
class OrderClock:
    kind: clocks.ClockKind
    started_at: datetime
    due_at: datetime = strawberry.field(description="While it waits, as it stood when the wait began. 截止时间。")
    stopped_at: datetime | None
    breached_at: datetime | None
    kept: bool | None = strawberry.field(description="Null while that is open. 是否按时。")
    paused_seconds: int = strawberry.field(description="In the time of its calendar. 暂停时长(秒)。")
    extended_seconds: int = strawberry.field(description="In the time of its calendar. 延期时长(秒)。")
    calendar_version: str = strawberry.field(description="By which calendar it was computed. 日历版本。")
    pauses: list[ClockPause]

    @classmethod
    def of(cls, clock: clocks.Clock, calendar: Calendar, now: datetime, *, full: bool) -> Self:
        """The clock as its viewer sees it at `now`."""
        return cls(
            kind=clock.kind,
            started_at=clock.started_at,
            due_at=clock.due_at,
            stopped_at=clock.stopped_at,
            breached_at=clock.breached_at,
            kept=clock.kept,
            paused_seconds=int(clock.waited(now, calendar).total_seconds()),
            extended_seconds=int(clock.extended.total_seconds()),
            calendar_version=clock.calendar_version,
            pauses=[
                ClockPause(since=one.since, until=one.until, awaited=one.awaited if full else None)
                for one in clock.pauses
            ],
        )


@strawberry.type(description="Somebody is there. 报到。")
class OrderCheckIn:
    at: datetime
    person: strawberry.ID | None = strawberry.field(description="Who. 报到人。")
    lon: float | None
    lat: float | None
    accuracy: float | None = strawberry.field(description="Metres. 定位精度(米)。")

    @classmethod
    def of(cls, seen: parts.CheckIn) -> Self:
        """The check-in as GraphQL shows it."""
        return cls(
            at=seen.at,
            person=strawberry.ID(seen.by.person) if seen.by.person else None,
            lon=seen.place.lon if seen.place else None,
            lat=seen.place.lat if seen.place else None,
            accuracy=seen.accuracy,
        )


@strawberry.type(description="One post's turn at leading an order. 一次派单。")
class OrderDispatch:
    at: datetime
    accept_by: datetime
    arrive_by: datetime | None
    accepted_at: datetime | None
    by_silence: bool = strawberry.field(description="Accepted because the clock ran out. 超时默认接单。")
    departed_at: datetime | None
    check_in: OrderCheckIn | None
    returned_at: datetime | None
    basis: str | None = strawberry.field(description="Why it was returned. 退回依据。")
    ruling_id: strawberry.ID | None = strawberry.field(description="The ruling that named this lead. 裁定。")
    binding: bool = strawberry.field(description="It cannot be returned. 不得退回。")
    handed_over: str | None = strawberry.field(description="Why it was handed to the next. 转派理由。")
    _turn: strawberry.Private[parts.Turn]

    @strawberry.field(description="The post addressed. 承办岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._turn.post)

    @strawberry.field(description="Its unit. 承办单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._turn.unit)

    @classmethod
    def of(cls, turn: parts.Turn) -> Self:
        """The turn as GraphQL shows it."""
        return cls(
            at=turn.at,
            accept_by=turn.accept_by,
            arrive_by=turn.arrive.due_at if turn.arrive else None,
            accepted_at=turn.accepted_at,
            by_silence=turn.by_silence,
            departed_at=turn.departed_at,
            check_in=OrderCheckIn.of(turn.check_in) if turn.check_in else None,
            returned_at=turn.returned_at,
            basis=turn.basis,
            ruling_id=strawberry.ID(turn.ruling_id) if turn.ruling_id else None,
            binding=turn.binding,
            handed_over=turn.handed_over,
            _turn=turn,
        )


@strawberry.type(description="A unit that said 'not ours', and who has it next. 退回单位及下一承办单位。")
class OrderRefusal:
    at: datetime
    _refuser: strawberry.Private[str]
    _next: strawberry.Private[str | None]

    @strawberry.field(description="Who refused. 退回单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._refuser)

    @strawberry.field(description="Who has it after that; null while the centre decides. 下一承办单位。")
    def next_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._next) if self._next else None

    @classmethod
    def all_of(cls, turns: Sequence[parts.Turn]) -> list[Self]:
        """Every return of an order."""
        return [
            cls(at=turn.returned_at, _refuser=turn.unit, _next=after.unit if after else None)
            for turn, after in zip(turns, [*turns[1:], None], strict=False)
            if turn.returned_at is not None
        ]


@strawberry.type(description="What the lead thought of the help. 对协办的评价。")
class AssistanceRating:
    mark: int
    note: str | None
    at: datetime


@strawberry.type(description="A post that assists the lead. 协办。")
class OrderAssistance:
    id: strawberry.ID
    task: str
    at: datetime
    accept_by: datetime
    finish_by: datetime
    accepted_at: datetime | None
    by_silence: bool
    check_in: OrderCheckIn | None
    finished_at: datetime | None
    note: str | None
    released_at: datetime | None
    release_reason: str | None
    rating: AssistanceRating | None
    kept: bool | None = strawberry.field(description="Whether it was done in time; null while that is open. 是否按时。")
    _help: strawberry.Private[parts.Assistance]

    @strawberry.field(description="The assisting post. 协办岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._help.post)

    @strawberry.field(description="Its unit. 协办单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._help.unit)

    @classmethod
    def of(cls, help: parts.Assistance) -> Self:
        """The help as GraphQL shows it."""
        rating = help.rating
        return cls(
            id=strawberry.ID(help.id),
            task=help.task,
            at=help.at,
            accept_by=help.accept_by,
            finish_by=help.finish.due_at,
            accepted_at=help.accepted_at,
            by_silence=help.by_silence,
            check_in=OrderCheckIn.of(help.check_in) if help.check_in else None,
            finished_at=help.finished_at,
            note=help.note,
            released_at=help.released_at,
            release_reason=help.release_reason,
            rating=AssistanceRating(mark=rating.mark, note=rating.note, at=rating.at) if rating else None,
            kept=help.finish.kept,
            _help=help,
        )


@strawberry.type(description="Waiting for a named party. 挂起。")
class OrderSuspension:
    awaited: str
    reason: str
    since: datetime
    until: datetime
    resumed_at: datetime | None

    @classmethod
    def of(cls, wait: parts.Suspension) -> Self:
        """The wait as GraphQL shows it."""
        return cls(
            awaited=wait.awaited,
            reason=wait.reason,
            since=wait.since,
            until=wait.until,
            resumed_at=wait.resumed_at,
        )


@strawberry.type(description="On the watch list: it cannot be solved now. 挂账。")
class OrderDeferral:
    reason: str | None = strawberry.field(description="Staff. 挂账理由。")
    since: datetime
    review_at: datetime = strawberry.field(description="When it is looked at again. 复核日期。")
    reviewed_at: datetime | None
    _owner: strawberry.Private[str]

    @strawberry.field(description="The unit that keeps it in sight. 责任单位。")
    def owner(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._owner)

    @classmethod
    def of(cls, one: parts.Deferral, *, full: bool) -> Self:
        """The deferral as its viewer sees it."""
        return cls(
            reason=one.reason if full else None,
            since=one.since,
            review_at=one.review_at,
            reviewed_at=one.reviewed_at,
            _owner=one.owner_unit,
        )


@strawberry.type(description="A word on how far it is. 进展。")
class OrderProgress:
    at: datetime
    text: str


@strawberry.type(description="Handed to a superior system. 上报转办。")
class OrderUpwardTransfer:
    system: str
    reference: str
    reason: str
    at: datetime
    answered_at: datetime | None
    tracking: list[OrderProgress]

    @classmethod
    def of(cls, case: parts.UpwardTransfer) -> Self:
        """The transfer as GraphQL shows it."""
        return cls(
            system=case.system,
            reference=case.reference,
            reason=case.reason,
            at=case.at,
            answered_at=case.answered_at,
            tracking=[OrderProgress(at=one.at, text=one.text) for one in case.tracking],
        )


@strawberry.type(description="More time asked for. 延期申请。")
class OrderExtension:
    at: datetime
    seconds: int = strawberry.field(description="In the time of the resolve clock's calendar. 延期时长(秒)。")
    reason: str | None = strawberry.field(description="Staff. 理由。")
    granted: bool | None = strawberry.field(description="Null until it is decided. 是否同意。")
    decided_at: datetime | None
    answer: str | None
    _asked: strawberry.Private[str | None]

    @strawberry.field(description="The post that decides; null is the centre. 审批岗位。")
    def asked_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._asked) if self._asked else None

    @classmethod
    def of(cls, one: parts.Extension, *, full: bool) -> Self:
        """The extension as its viewer sees it."""
        return cls(
            at=one.at,
            seconds=int(one.duration.total_seconds()),
            reason=one.reason if full else None,
            granted=one.granted,
            decided_at=one.decided_at,
            answer=one.answer if full else None,
            _asked=one.asked_post if full else None,
        )


@strawberry.type(description="It ended on the caller's own word and was drawn to be looked at. 抽查。")
class OrderSampleCheck:
    due_at: datetime
    at: datetime | None
    passed: bool | None = strawberry.field(description="Null until somebody has looked. 是否通过。")
    note: str | None

    @classmethod
    def of(cls, sample: parts.SampleCheck) -> Self:
        """The sample check as staff with a part in the order see it."""
        return cls(due_at=sample.due_at, at=sample.at, passed=sample.passed, note=sample.note)


@strawberry.type(description="What a unit says to the question whose it is. 单位陈述。")
class OrderStatement:
    at: datetime
    text: str
    person: strawberry.ID | None = strawberry.field(description="Who said so. 陈述人。")
    _statement: strawberry.Private[parts.Statement]

    @strawberry.field(description="For which unit. 陈述单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._statement.by.unit or "")

    @classmethod
    def of(cls, statement: parts.Statement) -> Self:
        """The statement as staff with a part in the order see it."""
        person = statement.by.person
        return cls(
            at=statement.at, text=statement.text, person=strawberry.ID(person) if person else None, _statement=statement
        )


@strawberry.type(description="The centre must say whose it is. 裁定。")
class OrderAdjudication:
    since: datetime
    due_at: datetime = strawberry.field(description="Then the fallback owner has it. 裁定时限。")
    ended_at: datetime | None
    ruling_id: strawberry.ID | None
    statements: list[OrderStatement]
    _case: strawberry.Private[parts.Adjudication]

    @strawberry.field(description="Units invited that have said nothing. 受邀尚未陈述的单位。")
    def units_not_heard(self, info: Info) -> list[OrgUnit]:
        units = (org_unit_of(info.context, unit) for unit in self._case.unheard)
        return [unit for unit in units if unit]

    @strawberry.field(description="Whose it is if nobody rules. 兜底岗位。")
    def fallback_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._case.fallback_post)

    @classmethod
    def of(cls, case: parts.Adjudication) -> Self:
        """The case as GraphQL shows it."""
        return cls(
            since=case.since,
            due_at=case.due_at,
            ended_at=case.ended_at,
            ruling_id=strawberry.ID(case.ruling_id) if case.ruling_id else None,
            statements=[OrderStatement.of(one) for one in case.statements],
            _case=case,
        )


@strawberry.type(description="The work had to be done again. 重办。")
class OrderRework:
    at: datetime
    by_caller: bool = strawberry.field(description="The caller reopened the report. 诉求人要求重办。")
    reason: str

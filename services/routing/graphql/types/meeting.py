"""Meetings and their series."""

import asyncio
from datetime import datetime
from typing import Any, Self

import strawberry
import strawberry.federation
from strawberry.dataloader import DataLoader

from services.routing.access.directive import manages
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.directive import Directive
from services.routing.graphql.types.directive_kinds import directive_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.supervision import Supervision, supervision_of
from services.routing.graphql.types.venue import Venue, venue_of
from services.routing.graphql.types.work_order import WorkOrder, work_order_of
from services.routing.model.directive import meeting as model

strawberry.enum(model.MeetingKind, name="MeetingKind", description="What sort of meeting. 会议类型。")
strawberry.enum(model.MeetingState, name="MeetingState", description="Where it is. 会议状态。")
strawberry.enum(model.ItemKind, name="MeetingItemKind", description="What an item is. 议项类型。")
strawberry.enum(model.Outcome, name="MeetingOutcome", description="What the meeting made of an item. 议项结论。")


@strawberry.type
class _Scoped:
    """What a meeting and its series share."""

    id: strawberry.ID
    kind: model.MeetingKind
    name: str
    _scope: strawberry.Private[model.Scope]

    @strawberry.field(description="The post responsible. 责任岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._scope.post)

    @strawberry.field(description="Its unit. 责任单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._scope.unit)

    @strawberry.field(description="Whose matters it lists. 区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._scope.area_id)

    @strawberry.field(description="The units that belong to it. 成员单位。")
    def members(self, info: Info) -> list[OrgUnit]:
        units = (org_unit_of(info.context, unit_id) for unit_id in self._scope.members)
        return [unit for unit in units if unit]


@strawberry.type(description="A recurring meeting, or the standing council of a joint conference. 例会或联席会议制度。")
class MeetingSeries(_Scoped):
    weekdays: list[int] = strawberry.field(description="1 is Monday; empty: when convened. 星期。")
    at: str | None = strawberry.field(description="Local time. 时间。")
    meets_next_at: datetime | None = strawberry.field(description="Not on a public holiday. 下次召开时间。")
    ended_at: datetime | None

    @classmethod
    def of(cls, series: model.MeetingSeries) -> Self:
        """The series as GraphQL shows it."""
        return cls(
            id=strawberry.ID(series.id),
            kind=series.scope.kind,
            name=series.scope.name,
            weekdays=list(series.rota.weekdays),
            at=series.rota.at,
            meets_next_at=series.meets_next_at,
            ended_at=series.ended_at,
            _scope=series.scope,
        )


@strawberry.type(description="Something that was due when the meeting was called. 议项。")
class MeetingItem:
    id: strawberry.ID
    kind: model.ItemKind
    subject_id: strawberry.ID
    due_at: datetime | None
    overdue: bool
    outcome: model.Outcome | None
    note: str | None

    @strawberry.field(description="The order, as it is now. 工单。")
    async def work_order(self, info: Info) -> WorkOrder | None:
        found = self.kind is model.ItemKind.WORK_ORDER
        return await work_order_of(info.context, self.subject_id) if found else None

    @strawberry.field(description="The directive, as it is now. 指令。")
    async def directive(self, info: Info) -> Directive | None:
        found = self.kind is model.ItemKind.DIRECTIVE
        return await directive_of(info.context, self.subject_id) if found else None

    @strawberry.field(description="The supervision, as it is now. 督办。")
    async def supervision(self, info: Info) -> Supervision | None:
        found = self.kind is model.ItemKind.SUPERVISION
        return await supervision_of(info.context, self.subject_id) if found else None

    @classmethod
    def of(cls, item: model.Item) -> Self:
        """The item as GraphQL shows it."""
        return cls(
            id=strawberry.ID(item.id),
            kind=item.kind,
            subject_id=strawberry.ID(item.subject_id),
            due_at=item.due_at,
            overdue=item.overdue,
            outcome=item.outcome,
            note=item.note,
        )


@strawberry.type(description="How much was due when the meeting was called. 待办统计。")
class MeetingCounts:
    orders: int
    directives: int
    supervisions: int
    overdue: int = strawberry.field(description="Of these, past their time. 其中逾期。")

    @classmethod
    def of(cls, counts: model.Counts) -> Self:
        """The counts as GraphQL shows them."""
        return cls(
            orders=counts.orders,
            directives=counts.directives,
            supervisions=counts.supervisions,
            overdue=counts.overdue,
        )


@strawberry.type(description="Whether a member unit came. 到会情况。")
class MeetingAttendance:
    present: bool
    note: str | None
    _unit: strawberry.Private[str]

    @strawberry.field(description="The unit. 单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._unit)


@strawberry.type(description="A decision and the order that carries it out. 会议决定。")
class MeetingDecision:
    id: strawberry.ID
    at: datetime
    text: str
    due_at: datetime | None
    item_id: strawberry.ID | None
    new_order: bool = strawberry.field(description="Whether the order was opened by it. 是否新开工单。")
    _decision: strawberry.Private[model.MeetingDecision]

    @strawberry.field(description="The post that carries it out. 承办岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._decision.post)

    @strawberry.field(description="The order, as it is now; null to who may not see it. 承办工单。")
    async def work_order(self, info: Info) -> WorkOrder | None:
        return await work_order_of(info.context, self._decision.work_order_id)

    @classmethod
    def of(cls, decision: model.MeetingDecision) -> Self:
        """The decision as GraphQL shows it."""
        return cls(
            id=strawberry.ID(decision.id),
            at=decision.at,
            text=decision.text,
            due_at=decision.due_at,
            item_id=strawberry.ID(decision.item_id) if decision.item_id else None,
            new_order=decision.new_order,
            _decision=decision,
        )


@strawberry.federation.type(
    keys=["id"], description="A daily list, weekly dispatch meeting or joint conference. 日督导、周调度、联席会议。"
)
class Meeting(_Scoped):
    state: model.MeetingState
    convened_at: datetime
    meets_at: datetime
    place: str | None
    reason: str | None = strawberry.field(description="Why a joint conference was convened. 召集理由。")
    minutes: str | None
    attendance: list[MeetingAttendance]
    held_at: datetime | None
    closed_at: datetime | None
    _meeting: strawberry.Private[model.Meeting]

    @strawberry.field(
        description="How much was due: to its centre all of it, to members what they see of it. 待办统计。"
    )
    async def counts(self, info: Info) -> MeetingCounts:
        meeting = self._meeting
        if manages(info.context.viewer, meeting.scope.area_path):
            return MeetingCounts.of(meeting.counts)
        return MeetingCounts.of(model.Counts.of(await _seen_items(info.context, meeting)))

    @strawberry.field(description="Soonest due first, of each kind 200 at most; to members those they may see. 议项。")
    async def items(self, info: Info) -> list[MeetingItem]:
        return [MeetingItem.of(item) for item in await _seen_items(info.context, self._meeting)]

    @strawberry.field(description="What was decided; on an item, for who may see that item or the order. 会议决定。")
    async def decisions(self, info: Info) -> list[MeetingDecision]:
        context, meeting = info.context, self._meeting
        if manages(context.viewer, meeting.scope.area_path):
            return [MeetingDecision.of(decision) for decision in meeting.decisions]
        seen = {None, *(item.id for item in await _seen_items(context, meeting))}
        orders = await context.orders.load_many([decision.work_order_id for decision in meeting.decisions])
        return [
            MeetingDecision.of(decision)
            for decision, order in zip(meeting.decisions, orders, strict=True)
            if order or decision.item_id in seen
        ]

    @strawberry.field(description="The venue it is held at, where that is one of the register. 会议阵地。")
    async def venue(self, info: Info) -> Venue | None:
        return await venue_of(info.context, self._meeting.venue_id) if self._meeting.venue_id else None

    @strawberry.field(description="The hard order a joint conference is about. 议题工单。")
    async def work_order(self, info: Info) -> WorkOrder | None:
        order_id = self._meeting.order_id
        return await work_order_of(info.context, order_id) if order_id else None

    @classmethod
    def of(cls, meeting: model.Meeting) -> Self:
        """The meeting as GraphQL shows it."""
        return cls(
            id=strawberry.ID(meeting.id),
            kind=meeting.scope.kind,
            name=meeting.scope.name,
            state=meeting.state,
            convened_at=meeting.convened_at,
            meets_at=meeting.meets_at,
            place=meeting.place,
            reason=meeting.reason,
            minutes=meeting.minutes,
            attendance=[
                MeetingAttendance(present=row.present, note=row.note, _unit=row.unit) for row in meeting.attendance
            ],
            held_at=meeting.held_at,
            closed_at=meeting.closed_at,
            _scope=meeting.scope,
            _meeting=meeting,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Meeting | None":
        return await meeting_of(info.context, id)


async def meeting_of(context: Context, meeting_id: str) -> Meeting | None:
    """The meeting with this id if the viewer sees it. Raises Unauthenticated."""
    found = await context.meetings.load(meeting_id)
    return Meeting.of(found) if found else None


async def _seen_items(context: Context, meeting: model.Meeting) -> list[model.Item]:
    """The items whose subject the viewer sees; all of them for the centre that lists them."""
    if manages(context.viewer, meeting.scope.area_path):
        return meeting.items
    loaders: dict[model.ItemKind, DataLoader[str, Any]] = {
        model.ItemKind.WORK_ORDER: context.orders,
        model.ItemKind.DIRECTIVE: context.directives,
        model.ItemKind.SUPERVISION: context.supervisions,
    }
    found = await asyncio.gather(*(loaders[item.kind].load(item.subject_id) for item in meeting.items))
    return [item for item, subject in zip(meeting.items, found, strict=True) if subject]

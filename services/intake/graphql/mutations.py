"""What intake can be told to do: input, payload and resolver of each mutation."""

import math
from collections.abc import Coroutine
from datetime import datetime
from typing import TypeVar

import strawberry
from strawberry import UNSET
from strawberry.types import Info

from services.chassis.errors import InvalidInput, Refusal
from services.chassis.graphql.errors import UserError, user_error
from services.intake import commands, handlers
from services.intake.graphql.context import Context
from services.intake.graphql.enums import (
    CallLevel,
    Channel,
    Disposition,
    DisputeType,
    IdentityMode,
    Importance,
    Kind,
    Mode,
    Track,
    Urgency,
)
from services.intake.graphql.types import Report
from services.intake.model import report as report_model
from services.intake.model import values

_KEY = "The same key with the same input is the same command. 幂等键:同键同输入视为同一请求。"


T = TypeVar("T")


def _given(value: T | None) -> T | None:
    """What was left out is UNSET, not null: then neither the schema's defaults nor their conversion cost anything."""
    return None if value is UNSET else value


@strawberry.input(description="A point in WGS-84. 地点(WGS-84)。")
class PlaceInput:
    lon: float
    lat: float
    accuracy: float | None = strawberry.field(default=UNSET, description="Metres. 精度(米)。")
    address: str | None = UNSET

    def value(self) -> values.Place:
        """Raises InvalidInput naming what is no coordinate."""
        for name, number, limit in (("lon", self.lon, 180), ("lat", self.lat, 90)):
            if not math.isfinite(number) or abs(number) > limit:
                raise InvalidInput(path=("place", name), reason=f"-{limit}..{limit}")
        accuracy, address = _given(self.accuracy), _given(self.address)
        if accuracy is not None and not (math.isfinite(accuracy) and accuracy >= 0):
            raise InvalidInput(path=("place", "accuracy"), reason="≥ 0")
        if address is not None and len(address) > 200:
            raise InvalidInput(path=("place", "address"), reason="≤ 200")
        return values.Place(lon=self.lon, lat=self.lat, accuracy=accuracy, address=address)


@strawberry.input(description="The person a report is filed for. 被代报人。")
class BeneficiaryInput:
    person: strawberry.ID | None = UNSET
    name: str | None = UNSET
    phone: str | None = UNSET


@strawberry.input(description="The number another system knows it by. 外部系统编号。")
class ExternalReferenceInput:
    system: str
    number: str
    deadline: datetime | None = UNSET


@strawberry.input(description="A new report. With category and place it is triaged at once. 提交诉求。")
class SubmitReportInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    kind: Kind
    text: str
    call_level: CallLevel | None = strawberry.field(
        default=UNSET, description="Left out: the highest the caller's post makes. 缺省为本岗位可用的最高层级。"
    )
    channel: Channel | None = UNSET
    category: strawberry.ID | None = UNSET
    place: PlaceInput | None = UNSET
    area_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="When there is no point on the map. 没有坐标时填写。"
    )
    media: list[str] | None = UNSET
    occurred_at: datetime | None = UNSET
    identity_mode: IdentityMode = IdentityMode.OPEN
    on_behalf_of: BeneficiaryInput | None = UNSET
    external_ref: ExternalReferenceInput | None = UNSET
    urgency: Urgency | None = strawberry.field(default=UNSET, description="Staff only. 仅工作人员。")
    importance: Importance | None = strawberry.field(default=UNSET, description="Staff only. 仅工作人员。")
    mode: Mode | None = strawberry.field(default=UNSET, description="Staff only. 仅工作人员。")
    track: Track | None = strawberry.field(default=UNSET, description="Staff only. 仅工作人员。")


@strawberry.input(description="Category, place and grading. 分类定级。")
class TriageReportInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    report_id: strawberry.ID
    category: strawberry.ID
    place: PlaceInput | None = UNSET
    kind: Kind | None = UNSET
    urgency: Urgency | None = UNSET
    importance: Importance | None = UNSET
    mode: Mode | None = UNSET
    track: Track | None = UNSET


@strawberry.input(description="A reply without a work order. 直接答复。")
class AnswerReportInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    report_id: strawberry.ID
    reply: str
    disposition: Disposition = Disposition.EXPLAINED
    reason: str | None = strawberry.field(
        default=UNSET, description="Needed when not competent (name who is), unfounded or deferred. 理由。"
    )
    duplicate_of: strawberry.ID | None = UNSET


@strawberry.input(description="The caller's verdict. 回访评价。")
class ConfirmReportInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    report_id: strawberry.ID
    satisfaction: int = strawberry.field(description="1 to 5. 满意度 1–5。")


@strawberry.input(description="The caller does not agree. 重新提出。")
class ReopenReportInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    report_id: strawberry.ID
    reason: str


@strawberry.input(description="The caller takes it back. 撤回诉求。")
class WithdrawReportInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    report_id: strawberry.ID
    reason: str


@strawberry.input(description="This report is a dispute. 转为矛盾纠纷。")
class ConvertReportInput:
    idempotency_key: str = strawberry.field(description=_KEY)
    report_id: strawberry.ID
    dispute_type: DisputeType
    reason: str


@strawberry.type
class _ReportPayload:
    report: Report | None
    errors: list[UserError]


@strawberry.type(description="The new report, or why there is none. 提交结果。")
class SubmitReportPayload(_ReportPayload):
    pass


@strawberry.type(description="The triaged report, or why not. 分类结果。")
class TriageReportPayload(_ReportPayload):
    pass


@strawberry.type(description="The answered report, or why not. 答复结果。")
class AnswerReportPayload(_ReportPayload):
    pass


@strawberry.type(description="The confirmed report, or why not. 评价结果。")
class ConfirmReportPayload(_ReportPayload):
    pass


@strawberry.type(description="The reopened report, or why not. 重新提出结果。")
class ReopenReportPayload(_ReportPayload):
    pass


@strawberry.type(description="The withdrawn report, or why not. 撤回结果。")
class WithdrawReportPayload(_ReportPayload):
    pass


@strawberry.type(description="The converted report, or why not. 转办结果。")
class ConvertReportPayload(_ReportPayload):
    pass


P = TypeVar("P", bound=_ReportPayload)


async def _answer(payload: type[P], info: Info[Context, None], work: Coroutine[None, None, report_model.Report]) -> P:
    try:
        return payload(report=Report.of(await work), errors=[])
    except Refusal as refusal:
        return payload(report=None, errors=[user_error(refusal, info.context.language)])


async def _submit(context: Context, given: SubmitReportInput) -> report_model.Report:
    behalf, ref = given.on_behalf_of, given.external_ref
    command = commands.SubmitReport(
        key=given.idempotency_key,
        kind=given.kind,
        text=given.text,
        call_level=_given(given.call_level),
        channel=_given(given.channel),
        category=_given(given.category),
        place=given.place.value() if given.place else None,
        area_id=_given(given.area_id),
        media=given.media or [],
        occurred_at=_given(given.occurred_at),
        identity_mode=given.identity_mode,
        on_behalf_of=values.Party(person=_given(behalf.person), name=_given(behalf.name), phone=_given(behalf.phone))
        if behalf
        else None,
        external_ref=values.ExternalRef(system=ref.system, number=ref.number, deadline=_given(ref.deadline))
        if ref
        else None,
        urgency=_given(given.urgency),
        importance=_given(given.importance),
        mode=_given(given.mode),
        track=_given(given.track),
    )
    return await handlers.submit_report(context.store, context.reference, context.viewer, command)


async def _triage(context: Context, given: TriageReportInput) -> report_model.Report:
    command = commands.TriageReport(
        key=given.idempotency_key,
        report_id=given.report_id,
        category=given.category,
        place=given.place.value() if given.place else None,
        kind=_given(given.kind),
        urgency=_given(given.urgency),
        importance=_given(given.importance),
        mode=_given(given.mode),
        track=_given(given.track),
    )
    return await handlers.triage_report(context.store, context.reference, context.viewer, command)


async def _reply(context: Context, given: AnswerReportInput) -> report_model.Report:
    command = commands.AnswerReport(
        key=given.idempotency_key,
        report_id=given.report_id,
        reply=given.reply,
        disposition=given.disposition,
        reason=_given(given.reason),
        duplicate_of=_given(given.duplicate_of),
    )
    return await handlers.answer_report(context.store, context.viewer, command)


async def _confirm(context: Context, given: ConfirmReportInput) -> report_model.Report:
    command = commands.ConfirmReport(
        key=given.idempotency_key, report_id=given.report_id, satisfaction=given.satisfaction
    )
    return await handlers.confirm_report(context.store, context.viewer, command)


async def _reopen(context: Context, given: ReopenReportInput) -> report_model.Report:
    command = commands.ReopenReport(key=given.idempotency_key, report_id=given.report_id, reason=given.reason)
    return await handlers.reopen_report(context.store, context.viewer, command)


async def _withdraw(context: Context, given: WithdrawReportInput) -> report_model.Report:
    command = commands.WithdrawReport(key=given.idempotency_key, report_id=given.report_id, reason=given.reason)
    return await handlers.withdraw_report(context.store, context.viewer, command)


async def _convert(context: Context, given: ConvertReportInput) -> report_model.Report:
    command = commands.ConvertReport(
        key=given.idempotency_key,
        report_id=given.report_id,
        dispute_type=given.dispute_type,
        reason=given.reason,
    )
    return await handlers.convert_report(context.store, context.viewer, command)


@strawberry.type
class Mutation:
    @strawberry.mutation(description="File a report, for oneself or, as staff, for others. 提交诉求。")
    async def submit_report(self, info: Info[Context, None], input: SubmitReportInput) -> SubmitReportPayload:
        return await _answer(SubmitReportPayload, info, _submit(info.context, input))

    @strawberry.mutation(description="Set category, place and grading. 分类定级。")
    async def triage_report(self, info: Info[Context, None], input: TriageReportInput) -> TriageReportPayload:
        return await _answer(TriageReportPayload, info, _triage(info.context, input))

    @strawberry.mutation(description="Reply without a work order. 直接答复。")
    async def answer_report(self, info: Info[Context, None], input: AnswerReportInput) -> AnswerReportPayload:
        return await _answer(AnswerReportPayload, info, _reply(info.context, input))

    @strawberry.mutation(description="The caller's verdict on what was done. 回访评价。")
    async def confirm_report(self, info: Info[Context, None], input: ConfirmReportInput) -> ConfirmReportPayload:
        return await _answer(ConfirmReportPayload, info, _confirm(info.context, input))

    @strawberry.mutation(description="It is not done, or came back; within seven days of the end. 七日内重新提出。")
    async def reopen_report(self, info: Info[Context, None], input: ReopenReportInput) -> ReopenReportPayload:
        return await _answer(ReopenReportPayload, info, _reopen(info.context, input))

    @strawberry.mutation(description="Take it back. 撤回诉求。")
    async def withdraw_report(self, info: Info[Context, None], input: WithdrawReportInput) -> WithdrawReportPayload:
        return await _answer(WithdrawReportPayload, info, _withdraw(info.context, input))

    @strawberry.mutation(description="The centre makes it a dispute, for mediation. 转为矛盾纠纷。")
    async def convert_report(self, info: Info[Context, None], input: ConvertReportInput) -> ConvertReportPayload:
        return await _answer(ConvertReportPayload, info, _convert(info.context, input))

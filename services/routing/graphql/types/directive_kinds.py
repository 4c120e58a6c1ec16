"""The three kinds of directive, each with what only it has."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import msgspec
import strawberry
import strawberry.federation

from services.routing.access.directive import sees_breach
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.directive import Directive, heading
from services.routing.graphql.types.evidence import OrderEvidence
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.supervision import Supervision, supervisions_about
from services.routing.model.directive import directive as base
from services.routing.model.directive import first_agenda, key_task, red_line

if TYPE_CHECKING:
    from services.routing.graphql.types.work_order import WorkOrder

strawberry.enum(red_line.Rhythm, name="AttestationRhythm", description="How often addressees attest. 承诺周期。")
strawberry.enum(red_line.BreachState, name="BreachState", description="Where a breach is. 违纪线索状态。")


@strawberry.type(description="How far a part was, with what shows it. 进度报告。")
class ProgressReport:
    at: datetime
    percent: int
    text: str
    spent_fen: int | None = strawberry.field(description="What a project has spent so far, in fen. 累计支出(分)。")
    evidence: list[OrderEvidence]

    @classmethod
    def of(cls, report: key_task.ProgressReport) -> Self:
        """The report as GraphQL shows it."""
        return cls(
            at=report.at,
            percent=report.percent,
            text=report.text,
            spent_fen=report.spent_fen,
            evidence=[OrderEvidence.of(piece) for piece in report.evidence],
        )


@strawberry.type(description="A share of a key task, for one post. 任务分项。")
class TaskPart:
    id: strawberry.ID
    title: str
    weight: int = strawberry.field(description="Percent of the whole; all parts sum to 100. 权重。")
    percent: int = strawberry.field(description="How far it is. 进度。")
    due_at: datetime
    overdue: bool
    report_due_at: datetime | None = strawberry.field(description="When the next report is due. 下次报告时限。")
    reports_missed: int = strawberry.field(description="Reports that did not come in time. 漏报次数。")
    reports: list[ProgressReport]
    _part: strawberry.Private[key_task.Part]

    @strawberry.field(description="The post that answers for it. 责任岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._part.post)

    @strawberry.field(description="Its unit. 责任单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._part.unit)

    @strawberry.field(description="Orders it opened, oldest first. 转派的工单。")
    async def work_orders(
        self, info: Info
    ) -> list[Annotated["WorkOrder", strawberry.lazy("services.routing.graphql.types.work_order")]]:
        return await _orders(info, self.id)

    @strawberry.field(description="Supervisions about this part. 督办记录。")
    async def supervisions(self, info: Info) -> list[Supervision]:
        return await supervisions_about(info.context, self.id)

    @classmethod
    def of(cls, part: key_task.Part) -> Self:
        """The part as GraphQL shows it."""
        return cls(
            id=strawberry.ID(part.id),
            title=part.title,
            weight=part.weight,
            percent=part.percent,
            due_at=part.due_at,
            overdue=part.overdue,
            report_due_at=part.report_due_at,
            reports_missed=part.reports_missed,
            reports=[ProgressReport.of(report) for report in part.reports],
            _part=part,
        )


@strawberry.type(description="What makes a key task a livelihood project. 民生实事项目。")
class LivelihoodProject:
    year: int
    budget_fen: int = strawberry.field(description="Budget in fen. 预算(分)。")
    spent_fen: int = strawberry.field(description="What its parts have reported as spent. 已支出(分)。")
    households: int = strawberry.field(description="How many it benefits. 受益户数。")


@strawberry.type(description="The task came back, and why. 退回。")
class TaskReturn:
    at: datetime
    reason: str


@strawberry.federation.type(keys=["id"], description="A key task, broken down by weight. 重点任务。")
class KeyTask(Directive):
    acknowledge_by: datetime
    cadence: str = strawberry.field(description="How often to report, ISO 8601 duration. 报告周期。")
    progress: int = strawberry.field(description="The parts by weight, 0 to 100. 总进度。")
    parts: list[TaskPart]
    project: LivelihoodProject | None
    summary: str | None = strawberry.field(description="What was handed in. 完成情况。")
    evidence: list[OrderEvidence]
    submitted_at: datetime | None
    accepted_at: datetime | None
    returns: list[TaskReturn]
    revoke_reason: str | None

    @classmethod
    def of(cls, task: key_task.KeyTask) -> Self:
        """The task as GraphQL shows it."""
        handing = task.handing
        return cls(
            **heading(task),
            acknowledge_by=task.acknowledge_by,
            cadence=msgspec.to_builtins(task.cadence),
            progress=task.progress,
            parts=[TaskPart.of(part) for part in task.parts],
            project=_project(task),
            summary=handing.summary if handing else None,
            evidence=[OrderEvidence.of(piece) for piece in handing.evidence] if handing else [],
            submitted_at=handing.at if handing else None,
            accepted_at=task.accepted_at,
            returns=[TaskReturn(at=back.at, reason=back.reason) for back in task.returns],
            revoke_reason=task.revoke_reason,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Directive | None":
        found = await directive_of(info.context, id)
        return found if isinstance(found, cls) else None


@strawberry.type(description="Whether a post that was expected came. 到会情况。")
class AttendanceRecord:
    present: bool
    note: str | None
    _post: strawberry.Private[str]

    @strawberry.field(description="The post. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._post)

    @classmethod
    def of(cls, row: first_agenda.Attendance) -> Self:
        """The row as GraphQL shows it."""
        return cls(present=row.present, note=row.note, _post=row.post)


@strawberry.type(description="A task that a study led to. 后续任务。")
class FollowUp:
    id: strawberry.ID
    text: str
    due_at: datetime
    done_at: datetime | None
    result: str | None
    _task: strawberry.Private[first_agenda.FollowUp]

    @strawberry.field(description="The post that does it. 责任岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._task.post)

    @strawberry.field(description="Orders it opened, oldest first. 转派的工单。")
    async def work_orders(
        self, info: Info
    ) -> list[Annotated["WorkOrder", strawberry.lazy("services.routing.graphql.types.work_order")]]:
        return await _orders(info, self.id)

    @classmethod
    def of(cls, task: first_agenda.FollowUp) -> Self:
        """The follow-up as GraphQL shows it."""
        return cls(
            id=strawberry.ID(task.id),
            text=task.text,
            due_at=task.due_at,
            done_at=task.done_at,
            result=task.result,
            _task=task,
        )


@strawberry.federation.type(keys=["id"], description="A first agenda item: studied, then followed up. 第一议题。")
class FirstAgendaItem(Directive):
    meeting_at: datetime | None
    meeting_place: str | None
    minutes: str | None
    attendance: list[AttendanceRecord]
    follow_ups: list[FollowUp]
    no_follow_up_reason: str | None

    @classmethod
    def of(cls, item: first_agenda.FirstAgenda) -> Self:
        """The item as GraphQL shows it."""
        study = item.study_record
        return cls(
            **heading(item),
            meeting_at=item.meeting_at,
            meeting_place=item.meeting_place,
            minutes=study.minutes if study else None,
            attendance=[AttendanceRecord.of(row) for row in study.attendance] if study else [],
            follow_ups=[FollowUp.of(task) for task in item.follow_ups],
            no_follow_up_reason=item.no_follow_up_reason,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Directive | None":
        found = await directive_of(info.context, id)
        return found if isinstance(found, cls) else None


@strawberry.type(description="An addressee declared that it kept the line. 承诺。")
class Attestation:
    at: datetime
    late: bool
    note: str | None
    _post: strawberry.Private[str]

    @strawberry.field(description="The post. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._post)


@strawberry.type(description="A span of time to attest for. 承诺周期。")
class AttestationPeriod:
    key: str = strawberry.field(description="2026-11, 2026-Q4 or 2026. 周期名。")
    ends_at: datetime = strawberry.field(description="When attestations for it are due. 承诺时限。")
    attestations: list[Attestation]
    _missing: strawberry.Private[list[str]]

    @strawberry.field(description="The addressed posts that have not attested it. 未承诺岗位。")
    def missing(self, info: Info) -> list[Post]:
        posts = (post_of(info.context, post_id) for post_id in self._missing)
        return [post for post in posts if post]

    @classmethod
    def of(cls, line: red_line.RedLine, period: red_line.Period) -> Self:
        """The period as GraphQL shows it."""
        return cls(
            key=period.key,
            ends_at=period.ends_at,
            attestations=[
                Attestation(at=made.at, late=made.late, note=made.note, _post=made.post) for made in period.attestations
            ],
            _missing=line.missing(period),
        )


@strawberry.type(description="A breach of a red line; the unit concerned sees it once verified. 违纪线索。")
class Breach:
    id: strawberry.ID
    state: red_line.BreachState
    text: str
    evidence: list[OrderEvidence]
    reported_at: datetime
    finding: str | None
    verified_at: datetime | None
    measure: str | None
    handled_at: datetime | None
    _breach: strawberry.Private[red_line.Breach]

    @strawberry.field(description="The post that broke the line. 涉及岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._breach.post)

    @classmethod
    def of(cls, breach: red_line.Breach) -> Self:
        """The breach as GraphQL shows it."""
        return cls(
            id=strawberry.ID(breach.id),
            state=breach.state,
            text=breach.text,
            evidence=[OrderEvidence.of(piece) for piece in breach.evidence],
            reported_at=breach.reported_at,
            finding=breach.finding,
            verified_at=breach.verified_at,
            measure=breach.measure,
            handled_at=breach.handled_at,
            _breach=breach,
        )


@strawberry.type(description="A former text of a red line. 历史文本。")
class RedLineEdition:
    text: str
    until: datetime
    reason: str = strawberry.field(description="Why it was changed. 修订理由。")


@strawberry.federation.type(keys=["id"], description="A red line: a standing prohibition. 法纪红线。")
class RedLine(Directive):
    rhythm: red_line.Rhythm
    editions: list[RedLineEdition] = strawberry.field(description="Former texts, oldest first. 历史文本。")
    periods: list[AttestationPeriod] = strawberry.field(description="Oldest first; the last one runs. 承诺周期。")
    lift_reason: str | None

    @strawberry.field(description="Breaches the caller may see, oldest first. 违纪线索。")
    def breaches(self, info: Info) -> list[Breach]:
        line = self._directive
        assert isinstance(line, red_line.RedLine)
        return [Breach.of(breach) for breach in line.breaches if sees_breach(info.context.viewer, line, breach)]

    @classmethod
    def of(cls, line: red_line.RedLine) -> Self:
        """The line as GraphQL shows it."""
        return cls(
            **heading(line),
            rhythm=line.rhythm,
            editions=[
                RedLineEdition(text=edition.text, until=edition.until, reason=edition.reason)
                for edition in line.editions
            ],
            periods=[AttestationPeriod.of(line, period) for period in line.periods],
            lift_reason=line.lift_reason,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Directive | None":
        found = await directive_of(info.context, id)
        return found if isinstance(found, cls) else None


def show(directive: base.Directive) -> Directive:
    """The directive as the type of its kind."""
    match directive:
        case key_task.KeyTask():
            return KeyTask.of(directive)
        case first_agenda.FirstAgenda():
            return FirstAgendaItem.of(directive)
        case red_line.RedLine():
            return RedLine.of(directive)
    raise TypeError(type(directive).__name__)


async def directive_of(context: Context, directive_id: str) -> Directive | None:
    """The directive with this id if the viewer sees it. Raises Unauthenticated."""
    found = await context.directives.load(directive_id)
    return show(found) if found else None


async def _orders(info: Info, part_id: str) -> list["WorkOrder"]:
    from services.routing.graphql.types.work_order import WorkOrder

    return [WorkOrder.of(seen) for seen in await info.context.orders_of_directive_part.load(part_id)]


def _project(task: key_task.KeyTask) -> LivelihoodProject | None:
    project = task.project
    if project is None:
        return None
    return LivelihoodProject(
        year=project.year, budget_fen=project.budget_fen, spent_fen=task.spent_fen, households=project.households
    )

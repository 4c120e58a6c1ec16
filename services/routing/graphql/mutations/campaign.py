"""Input, payload and resolver of each mutation on campaigns and their tasks."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome, rows_refused
from services.routing.graphql.types.campaign import Campaign, InspectionTask
from services.routing.graphql.types.evidence import OrderEvidenceInput, evidence_of
from services.routing.handlers.field import campaign as handlers
from services.routing.handlers.field import inspection as task_handlers
from services.routing.model.field import campaign as model
from services.routing.model.field import inspection
from services.routing.model.organisation.organisation import AreaLevel
from services.routing.rows import RowFormat
from services.routing.views.campaign import see_campaign, see_task


@strawberry.type
class CampaignPayload:
    """The campaign as it is now, null when refused. 专项行动,被拒绝时为空。"""

    campaign: Campaign | None
    errors: list[UserError]


@strawberry.type
class CampaignTargetsPayload:
    """The campaign with its new targets; with a bad row, or on a dry run, unchanged and null. 对象清单导入结果。"""

    campaign: Campaign | None
    added: int = strawberry.field(description="Targets that were not in the list. 新增对象数。")
    bad_rows: list[UserError] = strawberry.field(
        description="Rows that cannot be used; the first 50, `path` begins with the row's number. 有误的行(前50行)。"
    )
    errors: list[UserError]


@strawberry.type
class InspectionTaskPayload:
    """The task as it is now, null when refused. 任务,被拒绝时为空。"""

    task: InspectionTask | None
    errors: list[UserError]


@strawberry.input
class ChecklistItemInput:
    code: str
    text: str
    evidence: bool = False


@strawberry.input(description="Targets by rule, in the campaign's area. 按规则选取对象。")
class TargetSelection:
    every: AreaLevel | None = strawberry.field(default=None, description="Every area of this level. 该层级的全部区域。")
    asset_kind: str | None = strawberry.field(default=None, description="Every asset of this kind. 该类全部设施。")


@strawberry.input
class PlanCampaignInput:
    idempotency_key: str = strawberry.field(description=KEY)
    area_id: strawberry.ID
    template: strawberry.ID | None = strawberry.field(
        default=None, description="What is not given comes from it. 模板。"
    )
    name: str | None = None
    kind: model.CampaignKind | None = None
    due_at: datetime | None = None
    checklist: list[ChecklistItemInput] | None = None
    visit_mode: model.VisitMode | None = None
    targets: TargetSelection | None = None
    activate: bool = strawberry.field(default=False, description="Begin at once, as in an emergency. 立即启动。")


@strawberry.input
class CampaignTargetInput:
    label: str | None = None
    asset_code: str | None = None
    area_id: strawberry.ID | None = None
    address: str | None = None
    post_id: strawberry.ID | None = strawberry.field(
        default=None, description="By default the post nearest to the ground there. 默认为该处基层岗位。"
    )


@strawberry.input
class AddCampaignTargetsInput:
    idempotency_key: str = strawberry.field(description=KEY)
    campaign_id: strawberry.ID
    targets: list[CampaignTargetInput] = strawberry.field(default_factory=list)
    selection: TargetSelection | None = None


@strawberry.input
class ImportCampaignTargetsInput:
    idempotency_key: str = strawberry.field(description=KEY)
    campaign_id: strawberry.ID
    format: RowFormat
    content: str = strawberry.field(description="Columns: label, asset_code, area_id, address, post_id. 文件内容。")
    dry_run: bool = False


@strawberry.input
class ActivateCampaignInput:
    idempotency_key: str = strawberry.field(description=KEY)
    campaign_id: strawberry.ID


@strawberry.input
class ReviewCampaignInput:
    idempotency_key: str = strawberry.field(description=KEY)
    campaign_id: strawberry.ID
    summary: str


@strawberry.input
class CloseCampaignInput:
    idempotency_key: str = strawberry.field(description=KEY)
    campaign_id: strawberry.ID


@strawberry.input
class AssignInspectionTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    task_id: strawberry.ID
    post_id: strawberry.ID


@strawberry.input
class ChecklistAnswerInput:
    item: str
    met: bool
    note: str | None = None
    evidence: list[OrderEvidenceInput] = strawberry.field(default_factory=list)


@strawberry.input
class RecordVisitInput:
    idempotency_key: str = strawberry.field(description=KEY)
    task_id: strawberry.ID
    outcome: inspection.VisitOutcome = inspection.VisitOutcome.REACHED
    mode: model.VisitMode = model.VisitMode.SOLO
    units: list[strawberry.ID] = strawberry.field(default_factory=list, description="Who else took part. 参加单位。")
    leader_post_id: strawberry.ID | None = None
    note: str | None = None
    answers: list[ChecklistAnswerInput] = strawberry.field(default_factory=list)


@strawberry.input
class ClearInspectionTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    task_id: strawberry.ID


@strawberry.input
class DropInspectionTaskInput:
    idempotency_key: str = strawberry.field(description=KEY)
    task_id: strawberry.ID
    reason: str


@strawberry.type
class CampaignMutations:
    @strawberry.mutation(description="Plan a campaign, or begin it at once; for the centre. 计划专项行动。")
    async def plan_campaign(
        self, info: Info, given: Annotated[PlanCampaignInput, strawberry.argument(name="input")]
    ) -> CampaignPayload:
        c = info.context
        checklist = given.checklist
        plan = handlers.CampaignGiven(
            area_id=given.area_id,
            template=given.template,
            name=given.name,
            kind=given.kind,
            due_at=given.due_at,
            checklist=None
            if checklist is None
            else tuple(
                model.ChecklistItem(code=item.code, text=item.text, evidence=item.evidence) for item in checklist
            ),
            visit_mode=given.visit_mode,
        )
        doing = handlers.plan_campaign(
            *(c.store, c.directory, c.viewer, given.idempotency_key, plan, _selection(given.targets)),
            activate=given.activate,
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Add targets, by name or by rule; for the centre. 增加对象。")
    async def add_campaign_targets(
        self, info: Info, given: Annotated[AddCampaignTargetsInput, strawberry.argument(name="input")]
    ) -> CampaignPayload:
        c = info.context
        targets = [
            handlers.TargetGiven(
                label=row.label,
                asset_code=row.asset_code,
                area_id=row.area_id,
                address=row.address,
                post_id=row.post_id,
            )
            for row in given.targets
        ]
        doing = handlers.add_targets(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.campaign_id),
            *(targets, _selection(given.selection)),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Add targets from a file; for the centre. 导入对象清单。")
    async def import_campaign_targets(
        self, info: Info, given: Annotated[ImportCampaignTargetsInput, strawberry.argument(name="input")]
    ) -> CampaignTargetsPayload:
        c = info.context
        doing = handlers.import_targets(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.campaign_id),
            *(given.format, given.content),
            dry_run=given.dry_run,
        )
        done, errors = await outcome(info, doing)
        if done is None:
            return CampaignTargetsPayload(campaign=None, added=0, bad_rows=[], errors=errors)
        bad_rows, errors = rows_refused(info, done.bad, dry_run=given.dry_run)
        campaign = Campaign.of(done.campaign) if done.campaign else None
        return CampaignTargetsPayload(campaign=campaign, added=done.added, bad_rows=bad_rows, errors=errors)

    @strawberry.mutation(description="Begin: every target becomes a task; for the centre. 启动专项行动。")
    async def activate_campaign(
        self, info: Info, given: Annotated[ActivateCampaignInput, strawberry.argument(name="input")]
    ) -> CampaignPayload:
        c = info.context
        return await _payload(
            info, handlers.activate_campaign(c.store, c.viewer, given.idempotency_key, given.campaign_id)
        )

    @strawberry.mutation(
        description="Say what came of it, once every target is visited; for the centre. 总结专项行动。"
    )
    async def review_campaign(
        self, info: Info, given: Annotated[ReviewCampaignInput, strawberry.argument(name="input")]
    ) -> CampaignPayload:
        c = info.context
        doing = handlers.review_campaign(c.store, c.viewer, given.idempotency_key, given.campaign_id, given.summary)
        return await _payload(info, doing)

    @strawberry.mutation(description="End it, once every hazard is closed; for the centre. 结束专项行动。")
    async def close_campaign(
        self, info: Info, given: Annotated[CloseCampaignInput, strawberry.argument(name="input")]
    ) -> CampaignPayload:
        c = info.context
        return await _payload(
            info, handlers.close_campaign(c.store, c.viewer, given.idempotency_key, given.campaign_id)
        )

    @strawberry.mutation(description="Another post goes there; for the centre. 改派任务。")
    async def assign_inspection_task(
        self, info: Info, given: Annotated[AssignInspectionTaskInput, strawberry.argument(name="input")]
    ) -> InspectionTaskPayload:
        c = info.context
        doing = task_handlers.assign_task(
            c.store, c.directory, c.viewer, given.idempotency_key, given.task_id, given.post_id
        )
        return await _task_payload(info, doing)

    @strawberry.mutation(description="Record a visit with the answers to the checklist. 登记走访。")
    async def record_visit(
        self, info: Info, given: Annotated[RecordVisitInput, strawberry.argument(name="input")]
    ) -> InspectionTaskPayload:
        c = info.context
        visit = task_handlers.VisitGiven(
            mode=given.mode,
            outcome=given.outcome,
            units=tuple(given.units),
            leader_post=given.leader_post_id,
            note=given.note,
            answers=tuple(
                inspection.Answer(
                    item=answer.item, met=answer.met, note=answer.note, evidence=tuple(evidence_of(answer.evidence))
                )
                for answer in given.answers
            ),
        )
        doing = task_handlers.record_visit(c.store, c.directory, c.viewer, given.idempotency_key, given.task_id, visit)
        return await _task_payload(info, doing)

    @strawberry.mutation(description="Nothing is wrong there. 判为合格。")
    async def clear_inspection_task(
        self, info: Info, given: Annotated[ClearInspectionTaskInput, strawberry.argument(name="input")]
    ) -> InspectionTaskPayload:
        c = info.context
        return await _task_payload(
            info, task_handlers.clear_task(c.store, c.viewer, given.idempotency_key, given.task_id)
        )

    @strawberry.mutation(description="There is nothing to visit; for the centre. 取消任务。")
    async def drop_inspection_task(
        self, info: Info, given: Annotated[DropInspectionTaskInput, strawberry.argument(name="input")]
    ) -> InspectionTaskPayload:
        c = info.context
        doing = task_handlers.drop_task(c.store, c.viewer, given.idempotency_key, given.task_id, given.reason)
        return await _task_payload(info, doing)


def _selection(given: TargetSelection | None) -> handlers.Selection:
    return handlers.Selection(every=given.every, asset_kind=given.asset_kind) if given else handlers.Selection()


async def _payload(info: Info, doing: Awaitable[model.Campaign]) -> CampaignPayload:
    campaign, errors = await outcome(info, doing)
    seen = see_campaign(info.context.viewer, campaign) if campaign else None
    return CampaignPayload(campaign=Campaign.of(seen) if seen else None, errors=errors)


async def _task_payload(info: Info, doing: Awaitable[inspection.InspectionTask]) -> InspectionTaskPayload:
    task, errors = await outcome(info, doing)
    seen = see_task(info.context.viewer, task) if task else None
    return InspectionTaskPayload(task=InspectionTask.of(seen) if seen else None, errors=errors)

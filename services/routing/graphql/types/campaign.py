"""Campaigns, their tasks, and hazards. For staff."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry
import strawberry.federation

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.asset import Asset, asset_of
from services.routing.graphql.types.evidence import OrderEvidence
from services.routing.graphql.types.hazard import Hazard
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.field import campaign as model
from services.routing.model.field import inspection
from services.routing.store.campaign import INSPECTIONS
from services.routing.views import campaign as views

strawberry.enum(model.CampaignKind, name="CampaignKind", description="What a campaign is for. 专项行动类型。")
strawberry.enum(model.CampaignState, name="CampaignState", description="Where a campaign is. 专项行动状态。")
strawberry.enum(
    model.VisitMode, name="VisitMode", description="Solo, joint or leader-led. 独家访、联合访、领导带队访。"
)
strawberry.enum(inspection.TaskState, name="InspectionTaskState", description="Where a task is. 任务状态。")
strawberry.enum(inspection.VisitOutcome, name="VisitOutcome", description="Whether somebody was reached. 走访结果。")


@strawberry.enum(description="By what progress is counted. 统计口径。")
class ProgressBy(Enum):
    GRID = "grid_id"
    UNIT = "unit"


@strawberry.type(description="One thing to look at. 检查项。")
class ChecklistItem:
    code: str
    text: str
    evidence: bool = strawberry.field(description="The answer must be shown. 须附凭证。")


@strawberry.type(description="What was found about one item. 检查结果。")
class ChecklistAnswer:
    item: str
    met: bool
    note: str | None
    evidence: list[OrderEvidence]


@strawberry.type(description="One visit to a target. 走访记录。")
class InspectionVisit:
    at: datetime
    mode: model.VisitMode
    outcome: inspection.VisitOutcome
    note: str | None
    answers: list[ChecklistAnswer]
    _visit: strawberry.Private[inspection.VisitRecord]

    @strawberry.field(description="Units that took part beside the visitor's own. 参加单位。")
    def units(self, info: Info) -> list[OrgUnit]:
        found = (org_unit_of(info.context, unit) for unit in self._visit.units)
        return [unit for unit in found if unit]

    @strawberry.field(description="The post that led the visit. 带队岗位。")
    def leader_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._visit.leader_post)

    @classmethod
    def of(cls, visit: inspection.VisitRecord) -> Self:
        """The visit as GraphQL shows it."""
        return cls(
            at=visit.at,
            mode=visit.mode,
            outcome=visit.outcome,
            note=visit.note,
            answers=[
                ChecklistAnswer(
                    item=answer.item,
                    met=answer.met,
                    note=answer.note,
                    evidence=[OrderEvidence.of(piece) for piece in answer.evidence],
                )
                for answer in visit.answers
            ],
            _visit=visit,
        )


@strawberry.federation.type(keys=["id"], description="A target that a post visits. 排查走访任务。")
class InspectionTask:
    id: strawberry.ID
    label: str
    address: str | None
    state: inspection.TaskState
    visit_by: datetime = strawberry.field(description="When the visit was to be made. 走访时限。")
    overdue: bool = strawberry.field(description="Not visited in time. 逾期未走访。")
    visits: list[InspectionVisit]
    unmet: list[str] = strawberry.field(description="Items that were not met. 不合格项。")
    drop_reason: str | None
    _task: strawberry.Private[inspection.InspectionTask]

    @strawberry.field(description="What it is a part of. 所属专项行动。")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("services.routing.graphql.types.campaign")] | None:
        return await campaign_of(info.context, self._task.campaign_id)

    @strawberry.field(description="Who goes there. 责任岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._task.post)

    @strawberry.field(description="Where. 所在区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._task.area_id)

    @strawberry.field(description="The asset that is looked at. 检查设施。")
    async def asset(self, info: Info) -> Asset | None:
        return await asset_of(info.context, self._task.asset_id)

    @strawberry.field(description="What was found there. 发现的隐患。")
    async def hazards(self, info: Info) -> list[Hazard]:
        return [Hazard.of(hazard) for hazard in await info.context.hazards_of_task.load(self.id)]

    @classmethod
    def of(cls, task: inspection.InspectionTask) -> Self:
        """The task as GraphQL shows it."""
        return cls(
            id=strawberry.ID(task.id),
            label=task.label,
            address=task.address,
            state=task.state,
            visit_by=task.visit_by,
            overdue=task.overdue_since is not None,
            visits=[InspectionVisit.of(visit) for visit in task.visits],
            unmet=task.unmet,
            drop_reason=task.drop_reason,
            _task=task,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "InspectionTask | None":
        return await task_of(info.context, id)


@strawberry.type(description="How far a campaign is in one grid or unit. 进度。")
class CampaignProgress:
    total: int
    assigned: int
    visited: int
    clean: int
    hazard: int
    closed: int
    dropped: int
    overdue: int
    hazards: int = strawberry.field(description="Hazards found. 发现隐患数。")
    open_hazards: int = strawberry.field(description="Of them not closed. 未销号隐患数。")
    _of: strawberry.Private[str]

    @strawberry.field(description="The grid, when counted by grid. 网格。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._of)

    @strawberry.field(description="The unit, when counted by unit. 单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._of)

    @classmethod
    def row(cls, row: views.Progress) -> Self:
        """The row as GraphQL shows it."""
        return cls(
            total=row.total,
            **row.states,
            overdue=row.overdue,
            hazards=row.hazards,
            open_hazards=row.open_hazards,
            _of=row.of,
        )


@strawberry.type(description="At how many targets an item was met. 检查项达标情况。")
class ChecklistResult:
    item: str
    met: int
    unmet: int


@strawberry.federation.type(keys=["id"], description="A checklist over a list of targets. 专项行动。")
class Campaign:
    id: strawberry.ID
    name: str
    kind: model.CampaignKind
    state: model.CampaignState
    template: str | None
    visit_mode: model.VisitMode | None = strawberry.field(description="How visits are planned. 计划走访方式。")
    due_at: datetime
    checklist: list[ChecklistItem]
    target_count: int
    review_summary: str | None
    _campaign: strawberry.Private[model.Campaign]

    @strawberry.field(description="Where it is run. 行动区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._campaign.area_id)

    @strawberry.field(description="Who runs it. 组织单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._campaign.unit)

    @strawberry.field(description="Its tasks that the caller may see, due soonest first. 任务。")
    async def tasks(
        self, info: Info, state: inspection.TaskState | None = None, first: int = 20, after: str | None = None
    ) -> Connection[InspectionTask]:
        c = info.context
        where = views.task_list(c.viewer, self.id, state)
        return await page(
            c.store.mongo,
            INSPECTIONS.collection.name,
            where,
            lambda row: InspectionTask.of(INSPECTIONS.from_document(row)),
            first=first,
            after=after,
            order_by="visit_by",
            descending=False,
        )

    @strawberry.field(description="How far it is, by grid or by unit. 按网格或单位统计进度。")
    async def progress(self, info: Info, by: ProgressBy = ProgressBy.GRID) -> list[CampaignProgress]:
        store = info.context.store
        rows = await views.progress(store.mongo, self.id, by.value, store.clock())
        return [CampaignProgress.row(row) for row in rows]

    @strawberry.field(description="What was met and what was not, item by item. 按检查项统计达标。")
    async def results(self, info: Info) -> list[ChecklistResult]:
        rows = await views.item_results(info.context.store.mongo, self._campaign)
        return [ChecklistResult(item=row.item, met=row.met, unmet=row.unmet) for row in rows]

    @classmethod
    def of(cls, campaign: model.Campaign) -> Self:
        """The campaign as GraphQL shows it."""
        return cls(
            id=strawberry.ID(campaign.id),
            name=campaign.name,
            kind=campaign.kind,
            state=campaign.state,
            template=campaign.template,
            visit_mode=campaign.visit_mode,
            due_at=campaign.due_at,
            checklist=[
                ChecklistItem(code=item.code, text=item.text, evidence=item.evidence) for item in campaign.checklist
            ],
            target_count=len(campaign.targets),
            review_summary=campaign.review.summary if campaign.review else None,
            _campaign=campaign,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Campaign | None":
        return await campaign_of(info.context, id)


async def campaign_of(context: Context, campaign_id: str) -> Campaign | None:
    """The campaign with this id if the viewer sees it. Raises Unauthenticated."""
    campaign = await context.campaigns.load(campaign_id)
    return Campaign.of(campaign) if campaign else None


async def task_of(context: Context, task_id: str) -> InspectionTask | None:
    """The task with this id if the viewer sees it. Raises Unauthenticated."""
    task = await context.inspections.load(task_id)
    return InspectionTask.of(task) if task else None

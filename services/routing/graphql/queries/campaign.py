"""Campaigns, the tasks of the caller's post, and the ledger of hazards."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.campaign import Campaign, InspectionTask, campaign_of, task_of
from services.routing.graphql.types.hazard import Hazard, hazard_of
from services.routing.model.field.campaign import CampaignKind, CampaignState
from services.routing.model.field.hazard import HazardState
from services.routing.store.campaign import CAMPAIGNS, HAZARDS, INSPECTIONS
from services.routing.views import campaign as views


@strawberry.type(description="A campaign that is run again and again. 专项行动模板。")
class CampaignTemplate:
    id: strawberry.ID
    name: str
    name_en: str
    kind: CampaignKind
    hours: float = strawberry.field(description="How long it takes. 期限(小时)。")


@strawberry.type
class CampaignQueries:
    @strawberry.field(description="What campaigns can start from. 专项行动模板。")
    def campaign_templates(self, info: Info) -> list[CampaignTemplate]:
        info.context.require_caller()
        return [
            CampaignTemplate(
                id=strawberry.ID(template.id),
                name=template.name,
                name_en=template.name_en,
                kind=template.kind,
                hours=template.lasts.total_seconds() / 3600,
            )
            for template in info.context.directory.policy.campaigns
        ]

    @strawberry.field(description="A campaign, null if there is none the caller may see. 专项行动。")
    async def campaign(self, info: Info, id: strawberry.ID) -> Campaign | None:
        return await campaign_of(info.context, id)

    @strawberry.field(description="Campaigns the caller may see, newest first. 专项行动列表。")
    async def campaigns(
        self, info: Info, state: CampaignState | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Campaign]:
        c = info.context
        return await page(
            c.store.mongo,
            CAMPAIGNS.collection.name,
            views.campaign_list(c.viewer, state),
            lambda row: Campaign.of(CAMPAIGNS.from_document(row)),
            first=first,
            after=after,
            order_by="planned_at",
        )

    @strawberry.field(description="A task of a campaign. 排查走访任务。")
    async def inspection_task(self, info: Info, id: strawberry.ID) -> InspectionTask | None:
        return await task_of(info.context, id)

    @strawberry.field(description="Where the caller's post has to go, due soonest first. 本岗位排查走访任务。")
    async def my_inspection_tasks(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[InspectionTask]:
        c = info.context
        return await page(
            c.store.mongo,
            INSPECTIONS.collection.name,
            views.my_tasks(c.viewer.post or ""),
            lambda row: InspectionTask.of(INSPECTIONS.from_document(row)),
            first=first,
            after=after,
            order_by="due_at",
            descending=False,
        )

    @strawberry.field(description="A hazard, null if there is none the caller may see. 隐患。")
    async def hazard(self, info: Info, id: strawberry.ID) -> Hazard | None:
        return await hazard_of(info.context, id)

    @strawberry.field(description="Hazards the caller may see, found last first. 隐患台账。")
    async def hazards(
        self,
        info: Info,
        state: HazardState | None = None,
        area: strawberry.ID | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Hazard]:
        c = info.context
        return await page(
            c.store.mongo,
            HAZARDS.collection.name,
            views.hazard_list(c.viewer, state=state, area=area),
            lambda row: Hazard.of(HAZARDS.from_document(row)),
            first=first,
            after=after,
            order_by="found_at",
        )

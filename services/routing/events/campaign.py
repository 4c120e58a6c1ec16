"""Events of campaigns and their inspection tasks. Ids and facts only: what was seen at a visit stays inside."""

from datetime import datetime

from services.chassis.events import EventData


class CampaignPlanned(EventData, frozen=True, kw_only=True):
    type = "huying.routing.campaign.planned.v1"
    campaign_id: str
    kind: str
    template: str | None
    area_path: list[str]
    due_at: datetime


class CampaignTargetsAdded(EventData, frozen=True, kw_only=True):
    type = "huying.routing.campaign.targets_added.v1"
    campaign_id: str
    added: int


class CampaignActivated(EventData, frozen=True, kw_only=True):
    type = "huying.routing.campaign.activated.v1"
    campaign_id: str
    targets: int


class CampaignReviewed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.campaign.reviewed.v1"
    campaign_id: str


class CampaignClosed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.campaign.closed.v1"
    campaign_id: str


class InspectionAssigned(EventData, frozen=True, kw_only=True):
    type = "huying.routing.inspection.assigned.v1"
    task_id: str
    campaign_id: str
    post: str
    unit: str
    area_path: list[str]
    due_at: datetime


class InspectionAttempted(EventData, frozen=True, kw_only=True):
    """Somebody went there in vain."""

    type = "huying.routing.inspection.attempted.v1"
    task_id: str
    campaign_id: str
    outcome: str


class InspectionVisited(EventData, frozen=True, kw_only=True):
    type = "huying.routing.inspection.visited.v1"
    task_id: str
    campaign_id: str
    mode: str
    met: int
    unmet: int


class InspectionCleared(EventData, frozen=True, kw_only=True):
    type = "huying.routing.inspection.cleared.v1"
    task_id: str
    campaign_id: str


class InspectionHazardFound(EventData, frozen=True, kw_only=True):
    type = "huying.routing.inspection.hazard_found.v1"
    task_id: str
    campaign_id: str
    hazard_id: str


class InspectionClosed(EventData, frozen=True, kw_only=True):
    """Every hazard of the task is closed."""

    type = "huying.routing.inspection.closed.v1"
    task_id: str
    campaign_id: str


class InspectionDropped(EventData, frozen=True, kw_only=True):
    type = "huying.routing.inspection.dropped.v1"
    task_id: str
    campaign_id: str


class InspectionOverdue(EventData, frozen=True, kw_only=True):
    type = "huying.routing.inspection.overdue.v1"
    task_id: str
    campaign_id: str
    post: str
    area_path: list[str]
    due_at: datetime

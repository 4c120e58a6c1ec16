"""Campaigns, inspection tasks and hazards in MongoDB: every list, the progress of a campaign and the timers have an index."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.field.campaign import Campaign, CampaignState
from services.routing.model.field.hazard import Hazard, HazardState
from services.routing.model.field.inspection import InspectionTask, TaskState
from services.routing.store.duty import DutySubject, duties_of

_TIMER = IndexModel([("next_step_at", ASCENDING)], name="next_step")


def _list(name: str, order_by: str, direction: int, *fields: str) -> IndexModel:
    return IndexModel([*((field, ASCENDING) for field in fields), (order_by, direction), ("_id", direction)], name=name)


def _validator(states: type[StrEnum], *required: str) -> Mapping[str, Any]:
    return {
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "version", "state", "area_path", "sensitivity", *required],
            "properties": {
                "_id": {"bsonType": "string"},
                "version": {"bsonType": ["int", "long"], "minimum": 1},
                "state": {"enum": [state.value for state in states]},
                "area_path": {"bsonType": "array", "minItems": 1, "items": {"bsonType": "string"}},
                "sensitivity": {"enum": ["public", "internal", "restricted", "sealed"]},
                "due_at": {"bsonType": ["date", "null"]},
                "next_step_at": {"bsonType": ["date", "null"]},
            },
        }
    }


CAMPAIGNS = AggregateSpec(
    CollectionSpec(
        "campaigns",
        indexes=[
            _list("area", "planned_at", DESCENDING, "area_path"),
            _list("area_state", "planned_at", DESCENDING, "area_path", "state"),
            _list("unit", "planned_at", DESCENDING, "unit"),
            _list("unit_state", "planned_at", DESCENDING, "unit", "state"),
        ],
        validator=_validator(CampaignState, "name", "kind", "due_at", "planned_at", "targets"),
    ),
    Campaign,
    "campaign",
    "campaign",
)
INSPECTIONS = AggregateSpec(
    CollectionSpec(
        "inspections",
        indexes=[
            # A campaign's tasks, its progress by grid and by unit, and what is left of it.
            _list("campaign", "visit_by", ASCENDING, "campaign_id"),
            _list("campaign_state", "visit_by", ASCENDING, "campaign_id", "state"),
            IndexModel([("campaign_id", ASCENDING), ("open", ASCENDING)], name="campaign_open"),
            _list("post_due", "due_at", ASCENDING, "post"),
            IndexModel([("area_path", ASCENDING), ("_id", ASCENDING)], name="area"),
            _TIMER,
        ],
        validator=_validator(TaskState, "campaign_id", "label", "post", "unit", "grid_id", "open"),
    ),
    InspectionTask,
    "inspection",
    "inspection task",
)
HAZARDS = AggregateSpec(
    CollectionSpec(
        "hazards",
        indexes=[
            IndexModel([("number", ASCENDING)], name="number", unique=True),
            IndexModel([("task_id", ASCENDING), ("_id", ASCENDING)], name="task"),
            IndexModel([("asset_id", ASCENDING), ("_id", ASCENDING)], name="asset"),
            _list("area", "found_at", DESCENDING, "area_path"),
            _list("area_state", "found_at", DESCENDING, "area_path", "state"),
            _list("unit", "found_at", DESCENDING, "unit"),
            _list("unit_state", "found_at", DESCENDING, "unit", "state"),
            _TIMER,
        ],
        validator=_validator(HazardState, "number", "description", "severity", "unit", "found_at", "open"),
    ),
    Hazard,
    "hazard",
    "hazard",
    rows=duties_of(DutySubject.HAZARD),
)

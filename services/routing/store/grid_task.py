"""Plans and tasks of grids in MongoDB; lists, statistics and timers have an index."""

from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.field.grid_task import GridPlan, GridTask, GridTaskState

_TIMER = IndexModel([("next_step_at", ASCENDING)], name="next_step")

GRID_PLANS = AggregateSpec(
    CollectionSpec(
        "grid_plans",
        indexes=[IndexModel([("area_path", ASCENDING), ("title", ASCENDING), ("_id", ASCENDING)], name="area"), _TIMER],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "title", "kind", "area_path", "post", "cadence"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "area_path": {"bsonType": "array", "minItems": 1},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    GridPlan,
    "grid_plan",
    "plan of a grid",
)
GRID_TASKS = AggregateSpec(
    CollectionSpec(
        "grid_tasks",
        indexes=[
            IndexModel(
                [("post", ASCENDING), ("state", ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)], name="post"
            ),
            IndexModel([("area_path", ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)], name="area"),
            # A plan has one task at a moment, whatever goes wrong above.
            IndexModel([("plan_id", ASCENDING), ("due_at", ASCENDING)], name="plan", unique=True),
            _TIMER,
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "plan_id", "kind", "area_path", "post", "state", "opens_at", "due_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "area_path": {"bsonType": "array", "minItems": 1},
                    "state": {"enum": [state.value for state in GridTaskState]},
                    "due_at": {"bsonType": "date"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    GridTask,
    "grid_task",
    "task of a grid",
)

"""Steps of departments in MongoDB, found by order."""

from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.order.department_step import DepartmentStep

DEPARTMENT_STEPS = AggregateSpec(
    CollectionSpec(
        "department_steps",
        indexes=[
            IndexModel([("work_order_id", ASCENDING), ("reference", ASCENDING)], name="order", unique=True),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "work_order_id", "unit", "kind", "name", "reference", "started_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "started_at": {"bsonType": "date"},
                    "due_at": {"bsonType": ["date", "null"]},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    DepartmentStep,
    "department_step",
    "step of a department",
)

"""Deployments in MongoDB. An index makes sure that no two hold the same responder, whatever goes wrong above."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.dispatch.deployment import Deployment, DeploymentState


def _newest_first(name: str, *fields: str) -> IndexModel:
    return IndexModel(
        [*((field, ASCENDING) for field in fields), ("dispatched_at", DESCENDING), ("_id", DESCENDING)], name=name
    )


DEPLOYMENTS = AggregateSpec(
    CollectionSpec(
        "deployments",
        indexes=[
            IndexModel([("holds", ASCENDING)], name="one_holds", unique=True, partialFilterExpression={"active": True}),
            IndexModel([("order_id", ASCENDING), ("_id", ASCENDING)], name="order"),
            _newest_first("area", "area_path"),
            _newest_first("area_active", "area_path", "active"),
            _newest_first("responder", "offers.responders"),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    *("_id", "version", "sequence", "order_id", "report_id", "area_path", "sensitivity", "state"),
                    *("active", "holds", "ranking", "offers", "dispatched_at"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "order_id": {"bsonType": "string"},
                    "area_path": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "sensitivity": {"enum": ["public", "internal", "restricted", "sealed"]},
                    "state": {"enum": [state.value for state in DeploymentState]},
                    "active": {"bsonType": "bool"},
                    "holds": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "offers": {"bsonType": "array", "minItems": 1},
                    "dispatched_at": {"bsonType": "date"},
                    "accept_seconds": {"bsonType": ["int", "long", "null"], "minimum": 0},
                    "arrive_seconds": {"bsonType": ["int", "long", "null"], "minimum": 0},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Deployment,
    "dispatch",
    "deployment",
)

"""Chains of custody in MongoDB, listed by the posts that have them in hand."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.order.custody import Custody, CustodyState
from services.routing.store.duty import DutySubject, duties_of

CUSTODIES = AggregateSpec(
    CollectionSpec(
        "custodies",
        indexes=[
            IndexModel(
                [("concerns", ASCENDING), ("state", ASCENDING), ("begun_at", DESCENDING), ("_id", DESCENDING)],
                name="concerns",
            ),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "subject", "reference", "area_path", "sensitivity", "holder_post"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "holder_post": {"bsonType": "string", "minLength": 1},
                    "sensitivity": {"enum": ["restricted", "sealed"]},
                    "state": {"enum": [state.value for state in CustodyState]},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Custody,
    "custody",
    "chain of custody",
    rows=duties_of(DutySubject.CUSTODY),
)

"""Proposals of new outlines in MongoDB, and what loads of outlines have begun to redraw."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.organisation.boundaries import BoundaryProposal, ProposalState

PROPOSALS = AggregateSpec(
    CollectionSpec(
        "boundary_proposals",
        indexes=[
            IndexModel([("proposed_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "state", "level", "records", "changes", "touched", "proposed_at"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "state": {"enum": [state.value for state in ProposalState]},
                    "proposed_at": {"bsonType": "date"},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    BoundaryProposal,
    "boundaries",
    "boundary proposal",
)
# What a load is redrawing, until all that lies there is where it belongs; `next_step_at` is when the load is taken for dead.
REDRAWINGS = CollectionSpec(
    "redrawings",
    indexes=[IndexModel([("next_step_at", ASCENDING)], name="next_step")],
    validator={
        "$jsonSchema": {
            "bsonType": "object",
            "required": ["_id", "ground", "touched", "by", "next_step_at"],
            "properties": {"next_step_at": {"bsonType": "date"}},
        }
    },
)

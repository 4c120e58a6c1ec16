"""Teams and their templates in MongoDB. An index makes sure that nobody is in two teams at once."""

from pymongo import ASCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.dispatch.response_team import Team, TeamKind, TeamState, TeamTemplate

TEAM_TEMPLATES = AggregateSpec(
    CollectionSpec(
        "team_templates",
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "name", "name_en", "roles"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "roles": {"bsonType": "object"},
                },
            }
        },
    ),
    TeamTemplate,
    "team_template",
    "team template",
)

TEAMS = AggregateSpec(
    CollectionSpec(
        "teams",
        indexes=[
            IndexModel(
                [("members.responder_id", ASCENDING)],
                name="one_team",
                unique=True,
                partialFilterExpression={"manned": True},
            ),
            IndexModel([("area_path", ASCENDING), ("_id", ASCENDING)], name="area"),
            IndexModel([("area_path", ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)], name="area_state"),
            IndexModel([("members.responder_id", ASCENDING), ("_id", ASCENDING)], name="member"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    *("_id", "version", "sequence", "kind", "name", "template_id", "roles", "unit_id", "area_path"),
                    *("state", "manned", "members", "raised_at"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "kind": {"enum": [kind.value for kind in TeamKind]},
                    "state": {"enum": [state.value for state in TeamState]},
                    "manned": {"bsonType": "bool"},
                    "members": {"bsonType": "array"},
                    "area_path": {"bsonType": "array", "minItems": 1, "items": {"bsonType": "string"}},
                    "raised_at": {"bsonType": "date"},
                },
            }
        },
    ),
    Team,
    "team",
    "team",
)

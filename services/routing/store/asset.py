"""Assets in MongoDB with a spherical index over their places, which report is about which, and what was imported."""

from pymongo import ASCENDING, GEOSPHERE, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.field.asset import Asset, AssetImport

_BY_CODE = (("code", ASCENDING), ("_id", ASCENDING))

ASSETS = AggregateSpec(
    CollectionSpec(
        "assets",
        indexes=[
            IndexModel([("code", ASCENDING)], name="code", unique=True),
            IndexModel([("area_path", ASCENDING), *_BY_CODE], name="area"),
            IndexModel([("area_path", ASCENDING), ("kind", ASCENDING), *_BY_CODE], name="area_kind"),
            IndexModel([("owner_unit", ASCENDING), *_BY_CODE], name="owner"),
            IndexModel([("owner_unit", ASCENDING), ("kind", ASCENDING), *_BY_CODE], name="owner_kind"),
            IndexModel([("place", GEOSPHERE), ("kind", ASCENDING)], name="place"),
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": ["_id", "version", "code", "kind", "name", "place", "area_path", "owner_unit"],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "code": {"bsonType": "string", "minLength": 1},
                    "kind": {"bsonType": "string", "minLength": 1},
                    "owner_unit": {"bsonType": "string", "minLength": 1},
                    "area_path": {"bsonType": "array", "minItems": 1, "items": {"bsonType": "string"}},
                    "inspection_due_at": {"bsonType": ["date", "null"]},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    Asset,
    "asset",
    "asset",
)
# `_id` is the report's id: a report is about one asset at most.
ASSET_REPORTS = CollectionSpec(
    "asset_reports",
    indexes=[IndexModel([("asset_id", ASCENDING), ("_id", ASCENDING)], name="asset")],
    validator={"$jsonSchema": {"bsonType": "object", "required": ["_id", "asset_id", "attached_at", "attached_by"]}},
)
ASSET_IMPORTS = AggregateSpec(
    CollectionSpec(
        "asset_imports",
        validator={
            "$jsonSchema": {"bsonType": "object", "required": ["_id", "version", "at", "by", "added", "corrected"]}
        },
    ),
    AssetImport,
    "asset_import",
    "import of assets",
)

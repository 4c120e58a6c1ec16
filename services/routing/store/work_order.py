"""Work orders in MongoDB: every list query and the timer have an index with the order they ask for."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.chassis.mongo import CollectionSpec
from services.chassis.unit_of_work import AggregateSpec
from services.routing.model.order.work_order import OrderState, WorkOrder
from services.routing.store.duty import DutySubject, duties_of


def _newest_first(name: str, *fields: str) -> IndexModel:
    return IndexModel(
        [*((field, ASCENDING) for field in fields), ("received_at", DESCENDING), ("_id", DESCENDING)], name=name
    )


def _under_way(name: str, *fields: str) -> IndexModel:
    """Of orders under way only: what ended, sooner or later nearly all, takes no room in it. A query asks for `open: True`."""
    keys = [(field, ASCENDING) for field in (*fields, "_id")]
    return IndexModel(keys, name=name, partialFilterExpression={"open": True})


WORK_ORDERS = AggregateSpec(
    CollectionSpec(
        "work_orders",
        indexes=[
            IndexModel([("number", ASCENDING)], name="number", unique=True),
            IndexModel([("report_id", ASCENDING), ("_id", ASCENDING)], name="report"),
            IndexModel([("source.kind", ASCENDING), ("source.id", ASCENDING), ("_id", ASCENDING)], name="source"),
            # a report has at most one order under way, and nothing is ordered twice from one unit, whatever goes wrong above.
            IndexModel(
                [("report_id", ASCENDING)],
                name="one_open_order",
                unique=True,
                partialFilterExpression={"open": True, "report_id": {"$type": "string"}},
            ),
            IndexModel(
                [("source.kind", ASCENDING), ("source.id", ASCENDING), ("lead_unit", ASCENDING)],
                name="one_open_order_of_unit",
                unique=True,
                partialFilterExpression={"open": True},
            ),
            _newest_first("area", "area_path"),
            _newest_first("area_state", "area_path", "state"),
            _newest_first("unit", "lead_unit"),
            _newest_first("unit_state", "lead_unit", "state"),
            _newest_first("post", "lead_post"),
            _newest_first("party_unit", "units"),
            _newest_first("party_post", "posts"),
            _newest_first("party_unit_state", "units", "state"),
            IndexModel(
                [("adjudications.fallback_post", ASCENDING)],
                name="fallback",
                partialFilterExpression={"state": OrderState.ADJUDICATING.value},
            ),
            _newest_first("caller", "caller_person"),
            # By what a photo is known again on another order.
            IndexModel([("photos", ASCENDING)], name="photos"),
            _under_way("open_post_due", "lead_post", "due_at"),
            _under_way("open_area_due", "area_path", "due_at"),
            _under_way("open_area", "area_path"),
            # Not partial: the planner does not take `<= now` for a proof that the value is a date.
            IndexModel([("next_step_at", ASCENDING)], name="next_step"),
        ],
        validator={
            "$jsonSchema": {
                "bsonType": "object",
                "required": [
                    *("_id", "version", "sequence", "number", "source", "state", "open", "lead_post", "lead_unit"),
                    *("area_path", "sensitivity", "posts", "units", "dispatches", "clocks", "received_at"),
                ],
                "properties": {
                    "_id": {"bsonType": "string"},
                    "version": {"bsonType": ["int", "long"], "minimum": 1},
                    "sequence": {"bsonType": ["int", "long"], "minimum": 1},
                    "number": {"bsonType": "string"},
                    "source": {"bsonType": "object", "required": ["kind", "id"]},
                    "report_id": {"bsonType": ["string", "null"]},
                    "state": {"enum": [state.value for state in OrderState]},
                    "open": {"bsonType": "bool"},
                    "lead_post": {"bsonType": "string", "minLength": 1},
                    "lead_unit": {"bsonType": "string", "minLength": 1},
                    "area_path": {"bsonType": "array", "items": {"bsonType": "string"}},
                    "sensitivity": {"enum": ["public", "internal", "restricted", "sealed"]},
                    "posts": {"bsonType": "array"},
                    "units": {"bsonType": "array"},
                    "dispatches": {"bsonType": "array"},
                    "clocks": {"bsonType": "object"},
                    "received_at": {"bsonType": "date"},
                    "due_at": {"bsonType": ["date", "null"]},
                    "next_step_at": {"bsonType": ["date", "null"]},
                },
            }
        },
    ),
    WorkOrder,
    "order",
    "work order",
    rows=duties_of(DutySubject.ORDER),
)

"""After all journeys the stores and streams agree (`make verify`)."""

import pymongo
import pytest

from dev import verify
from dev.platform import Platform


def test_nothing_was_lost_or_doubled(platform: Platform) -> None:
    results = verify.settled(platform.mongo_url, platform.nats_url)

    assert [str(check) for check in results if not check.holds] == []


@pytest.mark.parametrize(
    ("collection", "change", "statement"),
    [
        ("work_orders", {"next_step_at": None, "state": "working"}, "an owner, and a next step or a named wait"),
        ("work_orders", {"sequence": 99}, "not at their last event"),
        ("escalations", {"next_step_at": None, "state": "running"}, "running escalation has a next step"),
        ("calls", {"owing_posts": [], "state": "called"}, "owed one by a post"),
        ("deployments", {"holds": ["responder_nobody"], "active": True}, "is held by a deployment"),
    ],
)
def test_what_is_broken_is_found(
    platform: Platform, collection: str, change: dict[str, object], statement: str
) -> None:
    """One document is put wrong, and right again."""
    with pymongo.MongoClient[dict[str, object]](platform.mongo_url) as client:
        rows = client["huying_routing"][collection]
        before = rows.find_one({"open": {"$ne": False}})
        assert before, f"no journey left one in {collection}"
        rows.update_one({"_id": before["_id"]}, {"$set": change})
        try:
            wrong = [
                check.statement for check in verify.verify(platform.mongo_url, platform.nats_url) if not check.holds
            ]
        finally:
            rows.replace_one({"_id": before["_id"]}, before)

    assert any(statement in found for found in wrong), wrong

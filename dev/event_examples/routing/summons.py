"""Events of summonses: the street whistles for sanitation and traffic police about the missed waste collection."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, REPORT

_SUMMONS = {"summonsId": "summons_01m84wqg3gec4s2c5e0rrkq6vn"}
_POST = {"post": "post_d01_s1_sanitation", "unit": "unit_d01_s1_sanitation"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "summons.called": {
        **_SUMMONS,
        "number": "261122-M2KX-84PT",
        "reason": "beyond_means",
        "callerPost": "post_d01_s1_c01_head",
        "callerUnit": "unit_d01_s1_c01_committee",
        "posts": [_POST["post"]],
        "areaPath": AREA_PATH,
        "sensitivity": "internal",
        "reportId": REPORT,
    },
    "summons.extended": {**_SUMMONS, "posts": ["post_d01_s1_stationed_police_head"]},
    "summons.checked_in": {**_SUMMONS, **_POST, "inTime": True, "accuracyM": 12.5, "distanceM": 40.2},
    "summons.warned": {**_SUMMONS, **_POST, "dueAt": "2026-11-22T10:32:11Z"},
    "summons.no_show": {**_SUMMONS, **_POST, "dueAt": "2026-11-22T10:32:11Z", "ladder": "urgent"},
    "summons.released": {**_SUMMONS, "post": _POST["post"]},
    "summons.handed_over": {
        **_SUMMONS,
        **_POST,
        "oldPost": "post_d01_s1_cleaning",
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "summons.retimed": {**_SUMMONS, "mode": "emergency"},
    "summons.evaluated": {**_SUMMONS, "post": _POST["post"], "mark": None},
    "summons.ended": {**_SUMMONS, "checkedIn": 2, "noShows": 0},
    "summons.cancelled": _SUMMONS,
}

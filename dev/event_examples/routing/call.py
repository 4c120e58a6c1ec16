"""Events of calls: the grid calls the community about the missed waste collection, and the call is raised."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, REPORT

_ABOUT = {"callId": "call_01m84w5q1fevz8m2ke3s3ty0d9", "reportId": REPORT}
_HEAD = {"post": "post_d01_s1_c01_head", "unit": "unit_d01_s1_c01_committee"}
_LEADER = {"post": "post_d01_s1_centre_leader", "unit": "unit_d01_s1_centre"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "call.made": {
        **_ABOUT,
        "number": "261122-5JQ8-R2WM",
        "level": "grid",
        "callerPost": "post_d01_s1_c01_g01_attendant",
        "callerUnit": _HEAD["unit"],
        "respondentLevel": "community",
        "respondentPost": _HEAD["post"],
        "respondentUnit": _HEAD["unit"],
        "areaPath": AREA_PATH,
        "sensitivity": "internal",
        "respondBy": "2026-11-23T04:00:00Z",
    },
    "call.warned": {**_ABOUT, **_HEAD, "dueAt": "2026-11-23T04:00:00Z"},
    "call.overdue": {**_ABOUT, **_HEAD, "dueAt": "2026-11-23T04:00:00Z", "ladder": "call"},
    "call.answered": {**_ABOUT, **_HEAD, "level": "community", "inTime": True},
    "call.raised": {
        **_ABOUT,
        **_LEADER,
        "level": "street",
        "automatic": False,
        "respondBy": "2026-11-23T09:00:00Z",
    },
    "call.released": {**_ABOUT, "post": _HEAD["post"]},
    "call.handed_over": {
        **_ABOUT,
        **_HEAD,
        "oldPost": "post_d01_s1_c01_secretary",
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "call.retimed": {**_ABOUT, "mode": "emergency", "dueAt": "2026-11-22T09:12:11Z"},
    "call.rated": {**_ABOUT, "aspect": "response", "mark": None},
    "call.closed": {**_ABOUT, "responseMark": 5, "resultMark": 4},
    "call.reopened": _ABOUT,
    "call.withdrawn": _ABOUT,
}

"""Events of escalations: the missed waste collection is overdue."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, ORDER, REPORT

_ESCALATION = "escalation_01m84vn0jef2wam5hrf3fsh3mc"
_LEADER = {"post": "post_d01_s1_centre_leader", "unit": "unit_d01_s1_centre"}
_LEAD = {"post": "post_d01_s1_sanitation", "unit": "unit_d01_s1_sanitation"}
_SUBJECT = {"subjectKind": "order", "subjectId": ORDER}
_ABOUT = {"escalationId": _ESCALATION, **_SUBJECT, "reportId": REPORT}
_FIRST = {"step": 0, "attempt": 1}
_SECOND = {"step": 1, "attempt": 1}

EXAMPLES: dict[str, dict[str, Any]] = {
    "escalation.started": {
        **_ABOUT,
        "ladder": "ordinary",
        "trigger": "clock_breach",
        "ownerPost": _LEAD["post"],
        "ownerUnit": _LEAD["unit"],
        "areaPath": AREA_PATH,
        "sensitivity": "internal",
        "calendarVersion": "working-1f0c3a52/chinesecalendar-1.11.0",
        "firstStepAt": "2026-11-24T08:02:11Z",
    },
    "escalation.notified": {**_ABOUT, **_FIRST, **_LEAD},
    "escalation.climbed": {**_ABOUT, **_SECOND, **_LEADER, "level": "street"},
    "escalation.skipped": {**_ABOUT, **_SECOND, "post": _LEADER["post"], "level": "street", "areaPath": AREA_PATH},
    "escalation.convened": {**_ABOUT, **_SECOND, **_LEADER},
    "escalation.supervised": {**_ABOUT, **_SECOND, **_LEAD, "supervision": 2},
    "escalation.acknowledged": {**_ABOUT, "post": _LEAD["post"], "until": "2026-11-25T08:02:11Z"},
    "escalation.resumed": _ABOUT,
    "escalation.released": {**_ABOUT, "post": _LEAD["post"], "handedDown": False},
    "escalation.handed_over": {
        **_ABOUT,
        **_LEAD,
        "oldPost": "post_d01_s1_cleaning",
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "escalation.retimed": {
        **_ABOUT,
        "mode": "emergency",
        "calendarVersion": "24x7",
        "nextStepAt": "2026-11-22T09:12:11Z",
    },
    "escalation.exhausted": _ABOUT,
    "escalation.settled": _ABOUT,
    "escalation.cancelled": _ABOUT,
}

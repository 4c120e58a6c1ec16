"""Events of directives: a key task, a first agenda item and a red line."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

_TASK = {"directiveId": "directive_01kd7m3n5qe8rv2w4x6y8z0a2b", "kind": "key_task"}
_ITEM = {"directiveId": "directive_01kd7m3n5qe8rv2w4x6y8z0a2c", "kind": "first_agenda"}
_LINE = {"directiveId": "directive_01kd7m3n5qe8rv2w4x6y8z0a2d", "kind": "red_line"}
_PART = "part_01kd7m3n5qe8rv2w4x6y8z0a2e"
_BREACH = "breach_01kd7m3n5qe8rv2w4x6y8z0a2f"
_POST, _UNIT = "post_d01_s1_sanitation", "unit_d01_s1_sanitation"
_NUMBER = "261122-7K3F-9QXM"

EXAMPLES: dict[str, dict[str, Any]] = {
    "directive.drafted": {**_TASK, "number": _NUMBER, "areaPath": AREA_PATH[:2]},
    "directive.issued": {
        **_TASK,
        "number": _NUMBER,
        "areaPath": AREA_PATH[:2],
        "posts": [_POST],
        "units": [_UNIT],
        "dueAt": "2026-12-31T09:30:00Z",
    },
    "directive.acknowledged": {**_TASK, "post": _POST, "unit": _UNIT, "all": True},
    "directive.broken_down": {**_TASK, "parts": [_PART], "posts": [_POST], "weights": [100]},
    "directive.progressed": {**_TASK, "partId": _PART, "percent": 40, "progress": 40, "evidenceCount": 1},
    "directive.submitted": {**_TASK, "evidenceCount": 2},
    "directive.accepted": {**_TASK},
    "directive.returned": {**_TASK, "dueAt": "2027-01-10T09:30:00Z"},
    "directive.handed_over": {
        **_TASK,
        "oldPost": "post_d01_s1_cleaning",
        "post": _POST,
        "unit": _UNIT,
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "directive.closed": {**_TASK},
    "directive.revoked": {**_TASK},
    "directive.overdue": {
        **_TASK,
        "what": "deadline",
        "subject": None,
        "posts": [_POST],
        "dueAt": "2026-12-31T09:30:00Z",
        "level": 1,
    },
    "directive.order_opened": {**_TASK, "subject": _PART, "workOrderId": "order_01kd7m3n5qe8rv2w4x6y8z0a2p"},
    "directive.scheduled": {**_ITEM, "meetingAt": "2026-11-25T01:00:00Z"},
    "directive.studied": {**_ITEM, "present": [_POST], "absent": []},
    "directive.followed_up": {**_ITEM, "posts": [_POST]},
    "directive.follow_up_done": {**_ITEM, "followUpId": "followup_01kd7m3n5qe8rv2w4x6y8z0a2g", "open": 0},
    "directive.amended": {**_LINE, "edition": 2},
    "directive.lifted": {**_LINE},
    "directive.attested": {**_LINE, "post": _POST, "period": "2026-11", "late": False},
    "directive.breach_reported": {**_LINE, "breachId": _BREACH},
    "directive.breach_verified": {**_LINE, "breachId": _BREACH, "unit": _UNIT, "founded": True},
    "directive.breach_handled": {**_LINE, "breachId": _BREACH, "unit": _UNIT},
}

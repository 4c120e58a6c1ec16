"""Events of supervisions."""

from typing import Any

_ID = {"supervisionId": "supervision_01kd7m3n5qe8rv2w4x6y8z0a2h"}
_POST, _UNIT = "post_d01_s1_sanitation", "unit_d01_s1_sanitation"

EXAMPLES: dict[str, dict[str, Any]] = {
    "supervision.opened": {
        **_ID,
        "subjectKind": "directive",
        "subjectId": "directive_01kd7m3n5qe8rv2w4x6y8z0a2b",
        "level": "notify_superior",
        "byRule": True,
        "post": _POST,
        "unit": _UNIT,
        "superiors": ["post_d01_desk"],
        "answerDueAt": "2027-01-05T09:30:00Z",
    },
    "supervision.answered": {**_ID, "late": False},
    "supervision.unanswered": {**_ID, "post": _POST, "unit": _UNIT},
    "supervision.handed_over": {
        **_ID,
        "oldPost": "post_d01_s1_cleaning",
        "post": _POST,
        "unit": _UNIT,
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "supervision.settled": {**_ID, "byRule": False},
}

"""Events of notices: the sanitation section is told that its order is overdue."""

from typing import Any

from dev.event_examples.matters import ORDER

_NOTICE = {"noticeId": "notice_01m84vn3gaf5krbw1rz4kd0f6d", "post": "post_d01_s1_sanitation"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "notice.posted": {
        **_NOTICE,
        "kind": "act",
        "unit": "unit_d01_s1_sanitation",
        "subjectKind": "order",
        "subjectId": ORDER,
    },
    "notice.read": _NOTICE,
}

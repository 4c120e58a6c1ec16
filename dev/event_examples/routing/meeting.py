"""Events of meetings and their series."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, ORDER_OF_REPORT

_ID = {"meetingId": "meeting_01kd7m3n5qe8rv2w4x6y8z0a2j"}
_SERIES = "series_01kd7m3n5qe8rv2w4x6y8z0a2k"
_UNITS = ["unit_d01_s1_sanitation", "unit_d01_centre"]

EXAMPLES: dict[str, dict[str, Any]] = {
    "meeting_series.defined": {
        "seriesId": _SERIES,
        "kind": "daily_list",
        "post": "post_d01_desk",
        "areaPath": AREA_PATH[:2],
        "members": _UNITS,
    },
    "meeting_series.ended": {"seriesId": _SERIES},
    "meeting.convened": {
        **_ID,
        "seriesId": _SERIES,
        "kind": "daily_list",
        "post": "post_d01_desk",
        "areaPath": AREA_PATH[:2],
        "members": _UNITS,
        "orderId": None,
        "orders": 12,
        "directives": 1,
        "supervisions": 2,
        "overdue": 3,
    },
    "meeting.held": {**_ID, "present": _UNITS[:1], "absent": _UNITS[1:]},
    "meeting.decided": {
        **_ID,
        "decisionId": "decision_01kd7m3n5qe8rv2w4x6y8z0a2m",
        "workOrderId": ORDER_OF_REPORT["orderId"],
        "newOrder": False,
    },
    "meeting.items_settled": {**_ID, "outcome": "carried_over", "settled": 2, "open": 0},
    "meeting.closed": {**_ID, "decisions": 1, "carriedOver": 2},
}

"""Events of the task lists of grids."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

_PLAN = "grid_plan_01kat5c8y3fymbr7d4q8ez9w4a"
_TASK = {"taskId": "grid_task_01kat5c8y3fymbr7d4q8ez9w4b", "planId": _PLAN}
_POST = "post_d01_s1_sanitation"

EXAMPLES: dict[str, dict[str, Any]] = {
    "grid_plan.made": {
        "planId": _PLAN,
        "kind": "patrol",
        "post": _POST,
        "areaPath": AREA_PATH,
        "everyDays": 2,
        "firstAt": "2026-11-23T01:00:00Z",
    },
    "grid_plan.handed_over": {
        "planId": _PLAN,
        "oldPost": "post_d01_s1_cleaning",
        "post": _POST,
        "unit": "unit_d01_s1_sanitation",
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "grid_task.handed_over": {
        **_TASK,
        "oldPost": "post_d01_s1_cleaning",
        "post": _POST,
        "unit": "unit_d01_s1_sanitation",
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "grid_plan.ended": {"planId": _PLAN, "made": 12},
    "grid_task.opened": {**_TASK, "post": _POST, "areaPath": AREA_PATH, "dueAt": "2026-11-24T01:00:00Z"},
    "grid_task.done": {**_TASK, "minutes": 125, "outside": False},
    "grid_task.missed": {**_TASK, "post": _POST, "areaPath": AREA_PATH, "dueAt": "2026-11-24T01:00:00Z"},
}

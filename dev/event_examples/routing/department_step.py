"""Events of the steps that departments report."""

from typing import Any

from dev.event_examples.matters import ORDER_OF_REPORT

_STEP = {"stepId": "department_step_01kat5c8y3fymbr7d4q8ez9w6a", "orderId": ORDER_OF_REPORT["orderId"]}
_UNIT = "unit_d01_s1_sanitation"

EXAMPLES: dict[str, dict[str, Any]] = {
    "department_step.started": {
        **_STEP,
        "kind": "approval",
        "unit": _UNIT,
        "startedAt": "2026-11-22T09:00:00Z",
        "dueAt": "2026-11-27T09:00:00Z",
    },
    "department_step.ended": {**_STEP, "endedAt": "2026-11-25T09:00:00Z", "late": False},
    "department_step.late": {**_STEP, "kind": "approval", "unit": _UNIT, "dueAt": "2026-11-27T09:00:00Z"},
}

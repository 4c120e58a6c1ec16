"""Events of clocks."""

from typing import Any

from dev.event_examples.matters import ORDER, REPORT

_CLOCK = {
    "orderId": ORDER,
    "reportId": REPORT,
    "clock": "resolve",
    "dueAt": "2026-11-24T08:02:11Z",
    "post": "post_d01_s1_sanitation",
    "unit": "unit_d01_s1_sanitation",
    "ladder": "ordinary",
}

EXAMPLES: dict[str, dict[str, Any]] = {"clock.warned": _CLOCK, "clock.breached": _CLOCK}

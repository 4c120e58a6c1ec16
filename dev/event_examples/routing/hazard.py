"""Events of hazards."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, ORDER_OF_REPORT
from dev.event_examples.routing.campaign import CAMPAIGN, HAZARD, TASK

_UNIT = "unit_d01_s1_sanitation"

EXAMPLES: dict[str, dict[str, Any]] = {
    "hazard.found": {
        "hazardId": HAZARD,
        "number": "261122-7K3F-9QXM",
        "severity": "major",
        "unit": _UNIT,
        "assetId": None,
        "taskId": TASK,
        "campaignId": CAMPAIGN,
        "areaPath": AREA_PATH,
        "dueAt": "2026-11-29T09:00:00Z",
    },
    "hazard.rectification_started": {"hazardId": HAZARD, "unit": _UNIT},
    "hazard.handed_over": {"hazardId": HAZARD, "orderId": ORDER_OF_REPORT["orderId"], "unit": _UNIT},
    "hazard.rectified": {"hazardId": HAZARD, "evidenceCount": 2, "recheckBy": "2026-11-28T09:00:00Z"},
    "hazard.rechecked": {"hazardId": HAZARD, "passed": True},
    "hazard.closed": {"hazardId": HAZARD},
    "hazard.overdue": {
        "hazardId": HAZARD,
        "what": "rectification",
        "unit": _UNIT,
        "areaPath": AREA_PATH,
        "dueAt": "2026-11-29T09:00:00Z",
    },
}

"""Events of the mode of command."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

EXAMPLES: dict[str, dict[str, Any]] = {
    "mode.switched": {
        "areaId": AREA_PATH[1],
        "areaPath": AREA_PATH[:2],
        "mode": "emergency",
        "reason": "暴雨红色预警",
        "openOrders": "recompute",
    },
}

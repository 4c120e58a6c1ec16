"""Events of proposals of new outlines, and of the orders they move."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, ORDER_OF_REPORT

_COUNTS = {
    "proposalId": "boundaries_01m810vbcpe1z8akf39a5s8d2m",
    "areasNew": 1,
    "areasChanged": 2,
    "areasRetired": 0,
    "ordersMoved": 12,
    "ordersHandedOver": 3,
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "boundaries.proposed": _COUNTS,
    "boundaries.applied": _COUNTS,
    "order.rebinned": {
        **ORDER_OF_REPORT,
        "oldAreaId": "d01-s01-c01-g02",
        "areaId": AREA_PATH[-1],
        "areaPath": AREA_PATH,
    },
    "order.handed_over": {
        **ORDER_OF_REPORT,
        "oldPost": "post_s01_city_head",
        "leadPost": "post_s02_service_head",
        "leadUnit": "unit_s02_service",
        "reason": "网格边界调整",
    },
    "order.part_handed_over": {
        **ORDER_OF_REPORT,
        "oldPost": "post_s01_city_head",
        "post": "post_s02_service_head",
        "unit": "unit_s02_service",
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
}

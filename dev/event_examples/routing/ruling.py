"""Events of rulings."""

from typing import Any

from dev.event_examples.matters import ORDER, RULING

EXAMPLES: dict[str, dict[str, Any]] = {
    "ruling.made": {
        "rulingId": RULING,
        "orderId": ORDER,
        "leadPost": "post_d01_urban_management",
        "leadUnit": "unit_d01_urban_management",
        "precedent": True,
        "category": "env_waste",
        "areaId": "d01-s01",
        "validFrom": "2026-11-23T02:00:00Z",
        "validTo": None,
    },
    "ruling.revoked": {"rulingId": RULING, "orderId": ORDER},
}

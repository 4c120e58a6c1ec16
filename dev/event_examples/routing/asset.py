"""Events of community assets."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, ORDER_OF_REPORT

_ASSET = "asset_01kat5c8y3fymbr7d4q8ez9w2h"
_FACTS = {
    "assetId": _ASSET,
    "code": "CDZ-0117",
    "kind": "charging_pile",
    "ownerUnit": "unit_d01_s1_sanitation",
    "areaPath": AREA_PATH,
    "inspectionDueAt": "2026-12-22T09:00:00Z",
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "asset.registered": _FACTS,
    "asset.corrected": _FACTS,
    "asset.inspected": {"assetId": _ASSET, "sound": True, "inspectionDueAt": "2026-12-22T09:00:00Z"},
    "asset.inspection_overdue": {
        "assetId": _ASSET,
        "ownerUnit": "unit_d01_s1_sanitation",
        "areaPath": AREA_PATH,
        "inspectionDueAt": "2026-12-22T09:00:00Z",
    },
    "asset.report_attached": {"assetId": _ASSET, "reportId": ORDER_OF_REPORT["reportId"], "insteadOf": None},
    "asset.retired": {"assetId": _ASSET},
    "asset_import.applied": {
        "importId": "asset_import_01kat5c8y3fymbr7d4q8ez9w2j",
        "added": 465,
        "corrected": 3,
        "unchanged": 12,
    },
}

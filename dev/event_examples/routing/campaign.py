"""Events of campaigns and their inspection tasks."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

CAMPAIGN = "campaign_01kat5c8y3fymbr7d4q8ez9w3a"
TASK = "inspection_01kat5c8y3fymbr7d4q8ez9w3b"
HAZARD = "hazard_01kat5c8y3fymbr7d4q8ez9w3c"
_OF_TASK = {"taskId": TASK, "campaignId": CAMPAIGN}
_POST = "post_d01_s1_sanitation"

EXAMPLES: dict[str, dict[str, Any]] = {
    "campaign.planned": {
        "campaignId": CAMPAIGN,
        "kind": "inspection",
        "template": "gas_safety",
        "areaPath": AREA_PATH[:2],
        "dueAt": "2026-12-22T09:00:00Z",
    },
    "campaign.targets_added": {"campaignId": CAMPAIGN, "added": 500},
    "campaign.activated": {"campaignId": CAMPAIGN, "targets": 500},
    "campaign.reviewed": {"campaignId": CAMPAIGN},
    "campaign.closed": {"campaignId": CAMPAIGN},
    "inspection.assigned": {
        **_OF_TASK,
        "post": _POST,
        "unit": "unit_d01_s1_sanitation",
        "areaPath": AREA_PATH,
        "dueAt": "2026-12-22T09:00:00Z",
    },
    "inspection.attempted": {**_OF_TASK, "outcome": "nobody_there"},
    "inspection.visited": {**_OF_TASK, "mode": "joint", "met": 3, "unmet": 1},
    "inspection.cleared": _OF_TASK,
    "inspection.hazard_found": {**_OF_TASK, "hazardId": HAZARD},
    "inspection.closed": _OF_TASK,
    "inspection.dropped": _OF_TASK,
    "inspection.overdue": {**_OF_TASK, "post": _POST, "areaPath": AREA_PATH, "dueAt": "2026-12-22T09:00:00Z"},
}

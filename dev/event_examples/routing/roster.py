"""Events of shifts: the night shift of the sanitation section."""

from typing import Any

from dev.event_examples.matters import AREA_PATH
from dev.event_examples.routing.responder import RESPONDER

_SHIFT = {"shiftId": "shift_01m810vbcpe1z8akf3c7t5m0yd"}
_POST = "post_d01_s1_sanitation"
_SWAP = {**_SHIFT, "swapId": "swap_01m810vbcpe1z8akf3d9w6p4hz"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "roster.planned": {
        **_SHIFT,
        "postId": _POST,
        "unitId": "unit_d01_s1_sanitation",
        "areaPath": AREA_PATH[:2],
        "startsAt": "2026-11-22T16:00:00Z",
        "endsAt": "2026-11-23T00:00:00Z",
        "headCount": 3,
        "composition": {"officer": 1},
    },
    "roster.assigned": {**_SHIFT, "responderIds": [RESPONDER]},
    "roster.started": {**_SHIFT, "postId": _POST, "responderIds": [RESPONDER]},
    "roster.swap_requested": {**_SWAP, "responderId": RESPONDER},
    "roster.swap_taken": {**_SWAP, "responderId": "responder_01m810vbcpe1z8akf3e2x8r6jb"},
    "roster.swap_decided": {**_SWAP, "outcome": "approved"},
    "roster.taken_over": {
        **_SHIFT,
        "fromResponderId": RESPONDER,
        "responderId": "responder_01m810vbcpe1z8akf3e2x8r6jb",
    },
    "roster.moved": {
        **_SHIFT,
        "oldPostId": "post_d01_s1_cleaning",
        "postId": _POST,
        "unitId": "unit_d01_s1_sanitation",
        "areaPath": AREA_PATH[:2],
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "roster.handover": {
        **_SHIFT,
        "postId": _POST,
        "areaPath": AREA_PATH[:2],
        "openMatters": {"dispatched": 1, "working": 4},
    },
}

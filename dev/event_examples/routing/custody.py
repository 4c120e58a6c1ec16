"""Events of chains of custody."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

_OF = {"custodyId": "custody_01kat5c8y3fymbr7d4q8ez9w7a"}
_FROM, _TO = "post_d01_s1_sanitation", "post_d01_room_heye_mediator"

EXAMPLES: dict[str, dict[str, Any]] = {
    "custody.begun": {**_OF, "subject": "person", "holderPost": _FROM, "areaPath": AREA_PATH},
    "custody.offered": {**_OF, "fromPost": _FROM, "toPost": _TO},
    "custody.handed_over": {**_OF, "fromPost": _FROM, "toPost": _TO},
    "custody.offer_ended": {**_OF, "holderPost": _FROM, "withdrawn": False},
    "custody.offer_unanswered": {**_OF, "fromPost": _FROM, "toPost": _TO},
    "custody.succeeded": {
        **_OF,
        "oldPost": "post_d01_s1_cleaning",
        "post": _FROM,
        "reason": "岗位撤销,由继任岗位接续 (the post is gone, its successor takes over)",
    },
    "custody.closed": {**_OF, "holderPost": _TO, "handOvers": 1},
}

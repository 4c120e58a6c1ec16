"""Events of honours."""

from typing import Any

from dev.event_examples.matters import ORDER_OF_REPORT

_ID = {"honourId": "honour_01kd7m3n5qe8rv2w4x6y8z0a2n"}
_POST = {"post": "post_d01_s1_sanitation", "unit": "unit_d01_s1_sanitation"}

EXAMPLES: dict[str, dict[str, Any]] = {
    "honour.nominated": {**_ID, **_POST, "points": 1, "works": [ORDER_OF_REPORT["orderId"]]},
    "honour.published": {**_ID, **_POST, "points": 1},
    "honour.declined": {**_ID},
    "honour.withdrawn": {**_ID},
}

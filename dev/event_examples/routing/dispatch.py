"""Events of deployments: who is sent to the missed waste collection."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, ORDER, REPORT
from dev.event_examples.routing.responder import RESPONDER

_SENT = {"deploymentId": "deployment_01m810vbcpe1z8akf3b4n8w2xr", "orderId": ORDER}
_WHO = {"responderIds": [RESPONDER]}

EXAMPLES: dict[str, dict[str, Any]] = {
    "dispatch.offered": {
        **_SENT,
        **_WHO,
        "reportId": REPORT,
        "areaPath": AREA_PATH,
        "teamId": None,
        "attempt": 1,
        "acceptBy": "2026-11-22T10:05:11Z",
    },
    "dispatch.accepted": {**_SENT, "reportId": REPORT, **_WHO, "seconds": 41},
    "dispatch.declined": {**_SENT, **_WHO, "reason": "车辆故障"},
    "dispatch.expired": {**_SENT, **_WHO},
    "dispatch.unanswered": {**_SENT, "areaPath": AREA_PATH, "offers": 3},
    "dispatch.departed": {**_SENT, "reportId": REPORT},
    "dispatch.delayed": {**_SENT, "areaPath": AREA_PATH, "arriveBy": "2026-11-22T10:12:11Z"},
    "dispatch.arrived": {**_SENT, "reportId": REPORT, "seconds": 412, "distanceM": 18.0, "accuracyM": 8.0},
    "dispatch.done": {**_SENT, "reportId": REPORT, **_WHO},
    "dispatch.stood_down": {**_SENT, "reportId": REPORT, **_WHO, "reason": "诉求人已自行解决"},
}

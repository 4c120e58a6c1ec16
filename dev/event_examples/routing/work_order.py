"""Events of routing decisions and work orders."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, DECISION, DISPUTE, MANDATE, ORDER_OF_REPORT

EXAMPLES: dict[str, dict[str, Any]] = {
    "decision.made": {
        "decisionId": MANDATE,
        "reportId": DISPUTE,
        "path": "mediation",
        "ruleId": "rule_labour_wage",
        "leadPost": "post_d01_room_heye_mediator",
        "leadUnit": "unit_d01_room_heye",
        "disputeType": "labour_wage",
    },
    "order.dispatched": {
        **ORDER_OF_REPORT,
        "number": "261122-C3RD-77TN",
        "decisionId": DECISION,
        "ruleId": "rule_env_waste",
        "leadPost": "post_d01_s1_sanitation",
        "leadUnit": "unit_d01_s1_sanitation",
        "areaPath": AREA_PATH,
        "acceptBy": "2026-11-22T10:02:11Z",
        "resolveBy": "2026-11-24T08:02:11Z",
        "redispatch": False,
    },
    "order.accepted": {**ORDER_OF_REPORT, "bySilence": False},
    "order.returned": {**ORDER_OF_REPORT, "basis": "职责清单第12项"},
    "order.started": {**ORDER_OF_REPORT},
    "order.submitted": {**ORDER_OF_REPORT, "evidenceCount": 2},
    "order.reworked": {**ORDER_OF_REPORT, "reason": "照片与地点不符"},
    "order.verified": {
        **ORDER_OF_REPORT,
        "reply": "已于当日清运完毕,并恢复每日两次收运。",
        "disposition": "solved",
        "dispositionReason": "verified",
    },
    "order.closed": {**ORDER_OF_REPORT, "disposition": "solved", "dispositionReason": "confirmed"},
    "order.recalled": {**ORDER_OF_REPORT, "reason": "地点有误,另行派单"},
}

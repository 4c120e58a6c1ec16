"""Events of routing decisions and work orders."""

from typing import Any

from dev.event_examples.matters import AREA_PATH, DECISION, DISPUTE, MANDATE, ORDER, REPORT, RULING

ORDER_OF_REPORT = {"orderId": ORDER, "reportId": REPORT, "sourceKind": "report", "sourceId": REPORT}
ORDER_OF_MEETING = {
    "orderId": ORDER,
    "reportId": "",
    "sourceKind": "meeting",
    "sourceId": "meeting_01m810vj3n7q9s1v5x2z4b6d8f",
}
SANITATION = {"post": "post_d01_s1_sanitation", "unit": "unit_d01_s1_sanitation"}
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
    "order.drafted": {
        **ORDER_OF_MEETING,
        "number": "261122-D2WK-51QP",
        "leadPost": "post_d01_s1_sanitation",
        "leadUnit": "unit_d01_s1_sanitation",
        "areaPath": AREA_PATH,
    },
    "order.cancelled": {**ORDER_OF_MEETING, "reason": "会议决定不再办理"},
    "order.accepted": {**ORDER_OF_REPORT, "bySilence": False},
    "order.retimed": {
        **ORDER_OF_REPORT,
        "mode": "emergency",
        "acceptBy": "2026-11-22T09:35:11Z",
        "resolveBy": "2026-11-23T08:02:11Z",
    },
    "order.returned": {**ORDER_OF_REPORT, "basis": "职责清单第12项", **SANITATION},
    "order.referred": {
        **ORDER_OF_REPORT,
        "dueAt": "2026-11-23T09:00:00Z",
        "fallbackPost": "post_d01_centre_desk",
        "fallbackUnit": "unit_d01_centre",
    },
    "order.hearing_called": {
        **ORDER_OF_REPORT,
        "units": ["unit_d01_s1_sanitation"],
        "dueAt": "2026-11-23T09:00:00Z",
    },
    "order.heard": {**ORDER_OF_REPORT, **SANITATION},
    "order.ruled": {
        **ORDER_OF_REPORT,
        "rulingId": RULING,
        "leadPost": "post_d01_urban_management",
        "leadUnit": "unit_d01_urban_management",
    },
    "order.transferred": {**ORDER_OF_REPORT, "reason": "路段由该队负责", **SANITATION},
    "order.departed": {**ORDER_OF_REPORT, "post": SANITATION["post"]},
    "order.turned_back": {**ORDER_OF_REPORT, "post": SANITATION["post"]},
    "order.checked_in": {**ORDER_OF_REPORT, **SANITATION, "accuracy": 12.0},
    "order.reported": {**ORDER_OF_REPORT, "text": "已联系收运车辆,今晚清运。"},
    "order.joined": {
        **ORDER_OF_REPORT,
        "joinedTo": "order_01m810vbcpe1z8akf3hr0w2q5d",
        "text": "该设施已有工单在办,将一并处理并答复您。",
    },
    "order.took_in": {**ORDER_OF_REPORT, "joinedId": "order_01m810vbcpe1z8akf3k5v9n7xc"},
    "order.parted": {**ORDER_OF_REPORT, "reason": "并非同一故障"},
    "order.suspended": {
        **ORDER_OF_REPORT,
        "awaited": "物业公司",
        "reason": "等待物业公司移开占道车辆",
        "until": "2026-11-25T01:00:00Z",
    },
    "order.deferred": {
        **ORDER_OF_REPORT,
        "reason": "须待转运站改造完成",
        "ownerPost": "post_d01_urban_management",
        "ownerUnit": "unit_d01_urban_management",
        "reviewAt": "2027-03-01T01:00:00Z",
    },
    "order.resumed": {**ORDER_OF_REPORT, "byDate": True, "resolveBy": "2026-11-26T03:00:00Z"},
    "order.transferred_up": {**ORDER_OF_REPORT, "system": "市城管局", "reference": "SCG-2026-1107"},
    "order.tracked": {**ORDER_OF_REPORT, "reference": "SCG-2026-1107"},
    "order.extension_asked": {**ORDER_OF_REPORT, "seconds": 21600, "askedPost": "post_d01_s1_head"},
    "order.extension_decided": {
        **ORDER_OF_REPORT,
        "granted": True,
        "seconds": 21600,
        "resolveBy": "2026-11-25T08:02:11Z",
    },
    "order.assisted": {
        **ORDER_OF_REPORT,
        "assistanceId": "assistance_01m810vgq2c5h7r0t8w3yxk4ne",
        "step": "finished",
        "post": "post_d01_traffic",
        "unit": "unit_d01_traffic",
        "finishBy": "2026-11-24T08:02:11Z",
    },
    "order.split": {
        **ORDER_OF_REPORT,
        "childId": "order_01m810vh0y5k1b9d7f3g2j4m6p",
        "leadPost": "post_d01_traffic",
        "leadUnit": "unit_d01_traffic",
    },
    "order.started": {**ORDER_OF_REPORT},
    "order.submitted": {**ORDER_OF_REPORT, "evidenceCount": 2},
    "order.reworked": {**ORDER_OF_REPORT, "reason": "照片与地点不符"},
    "order.verified": {
        **ORDER_OF_REPORT,
        "reply": "已于当日清运完毕,并恢复每日两次收运。",
        "disposition": "solved",
        "dispositionReason": "verified",
        "reopenSeconds": 604800,
    },
    "order.sample_checked": {**ORDER_OF_REPORT, "post": "post_d01_s1_sanitation", "passed": True},
    "order.closed": {**ORDER_OF_REPORT, "disposition": "solved", "dispositionReason": "confirmed"},
    "order.recalled": {**ORDER_OF_REPORT, "reason": "地点有误,另行派单"},
}

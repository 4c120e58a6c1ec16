"""One example of every event, telling two matters of the demonstration district: a missed waste collection and unpaid wages.

The examples stand in the published schemas; contract tests read them with every consumer's own copy of the event.
"""

from typing import Any

_REPORT = "report_01m810vbcpe1z8akf38h9qg5s4"
_ORDER = "order_01m810vbcpe1z8akf38nzdq7j0"
_DISPUTE = "report_01m810vdx2f3kvs1wpq7ahc0zn"
_CASE = "case_01m810vbcpe1z8akf38rrrtcn8"
_DECISION = "decision_01m810vbcpe1z8akf38xt21pxe"
_MANDATE = "decision_01m810vf6be0x9d4mz2kq8s7rt"
_AREA_PATH = ["d01", "d01-s01", "d01-s01-c01", "d01-s01-c01-g01"]
_ORDER_OF_REPORT = {"orderId": _ORDER, "reportId": _REPORT}
_WAGES = {"caseId": _CASE, "reportId": _DISPUTE}
_ADVICE = "可依法向人民法院起诉或申请劳动仲裁。"

_INTAKE: dict[str, dict[str, Any]] = {
    "report.received": {
        "reportId": _REPORT,
        "number": "261122-7K3F-9QXM",
        "kind": "complaint",
        "channel": "mini_app",
        "callLevel": "grid",
        "areaId": _AREA_PATH[-1],
        "areaPath": _AREA_PATH,
        "sensitivity": "internal",
        "occurredAt": "2026-11-22T07:40:00Z",
        "receivedAt": "2026-11-22T08:02:11Z",
        "imported": False,
    },
    "report.triaged": {
        "reportId": _REPORT,
        "number": "261122-7K3F-9QXM",
        "kind": "complaint",
        "category": "env_waste",
        "categoryPath": ["env", "env_waste"],
        "disputeType": None,
        "areaId": _AREA_PATH[-1],
        "areaPath": _AREA_PATH,
        "place": {"lon": 113.812, "lat": 23.295},
        "urgency": "routine",
        "importance": "normal",
        "mode": "peacetime",
        "track": None,
        "channel": "mini_app",
        "callLevel": "grid",
        "sensitivity": "internal",
        "receivedAt": "2026-11-22T08:02:11Z",
        "callerPerson": "person_resident_1",
        "callerPost": None,
        "callerUnit": None,
    },
    "report.routed": {
        "reportId": _DISPUTE,
        "number": "261122-PX4W-20HB",
        "path": "mediation",
        "decisionId": _MANDATE,
        "leadPost": "post_d01_room_heye_mediator",
        "leadUnit": "unit_d01_room_heye",
        "orderId": None,
        "disputeType": "labour_wage",
        "areaPath": _AREA_PATH,
        "sensitivity": "internal",
        "callerPerson": "person_resident_2",
    },
    "report.progressed": {"reportId": _REPORT, "orderId": _ORDER, "caseId": None},
    "report.resolved": {"reportId": _REPORT, "orderId": _ORDER, "caseId": None},
    "report.confirmed": {**_ORDER_OF_REPORT, "satisfaction": 5, "bySilence": False},
    "report.reopened": {**_ORDER_OF_REPORT, "reason": "no_change"},
    "report.withdrawn": {**_ORDER_OF_REPORT, "reason": "solved_otherwise"},
    "report.converted": {**_ORDER_OF_REPORT, "disputeType": "property", "reason": "owners_against_firm"},
    "report.closed": {"reportId": _REPORT, "disposition": "solved", "reason": "confirmed"},
    "category.published": {
        "code": "env_waste",
        "name": "垃圾清运",
        "nameEn": "Waste collection",
        "parent": "env",
        "path": ["env", "env_waste"],
        "disputeType": None,
        "urgency": "routine",
    },
}

_ROUTING: dict[str, dict[str, Any]] = {
    "area.defined": {
        "areaId": _AREA_PATH[-1],
        "level": "grid",
        "name": "第一网格",
        "nameEn": "Grid 1",
        "parentId": _AREA_PATH[-2],
        "path": _AREA_PATH,
        "households": 412,
        "boundary": {
            "type": "Polygon",
            "coordinates": [[[113.81, 23.29], [113.82, 23.29], [113.82, 23.3], [113.81, 23.3], [113.81, 23.29]]],
        },
        "areaVersion": 1,
    },
    "decision.made": {
        "decisionId": _MANDATE,
        "reportId": _DISPUTE,
        "path": "mediation",
        "ruleId": "rule_labour_wage",
        "leadPost": "post_d01_room_heye_mediator",
        "leadUnit": "unit_d01_room_heye",
        "disputeType": "labour_wage",
    },
    "order.dispatched": {
        **_ORDER_OF_REPORT,
        "number": "261122-C3RD-77TN",
        "decisionId": _DECISION,
        "ruleId": "rule_env_waste",
        "leadPost": "post_d01_s1_sanitation",
        "leadUnit": "unit_d01_s1_sanitation",
        "areaPath": _AREA_PATH,
        "acceptBy": "2026-11-22T10:02:11Z",
        "resolveBy": "2026-11-24T08:02:11Z",
        "redispatch": False,
    },
    "order.accepted": {**_ORDER_OF_REPORT, "bySilence": False},
    "order.returned": {**_ORDER_OF_REPORT, "basis": "职责清单第12项"},
    "order.started": {**_ORDER_OF_REPORT},
    "order.submitted": {**_ORDER_OF_REPORT, "evidenceCount": 2},
    "order.reworked": {**_ORDER_OF_REPORT, "reason": "照片与地点不符"},
    "order.verified": {
        **_ORDER_OF_REPORT,
        "reply": "已于当日清运完毕,并恢复每日两次收运。",
        "disposition": "solved",
        "dispositionReason": "verified",
    },
    "order.closed": {**_ORDER_OF_REPORT, "disposition": "solved", "dispositionReason": "confirmed"},
    "order.recalled": {**_ORDER_OF_REPORT, "reason": "地点有误,另行派单"},
}


def _case(reason: str | None = None, outcome: str | None = None, advice: str | None = None) -> dict[str, Any]:
    return {**_WAGES, "reason": reason, "outcome": outcome, "advice": advice}


_MEDIATION: dict[str, dict[str, Any]] = {
    "case.registered": {
        **_WAGES,
        "number": "261122-M8QK-41ZC",
        "disputeType": "labour_wage",
    },
    "case.accepted": _case(),
    "case.declined": _case("court_has_it", "declined", "该纠纷已由人民法院受理,请到区人民法院立案庭查询。"),
    "case.assigned": _case(),
    "case.session_held": _case(outcome="joint"),
    "case.progressed": _case(outcome="consent"),
    "case.agreed": _case(outcome="written"),
    "case.failed": _case("no_agreement", "failed", _ADVICE),
    "case.fulfilled": _case(outcome="agreed"),
    "case.breached": _case("overdue"),
    "case.referred": _case(outcome="arbitration", advice="请到区劳动人事争议仲裁院申请仲裁。"),
    "case.archived": _case(outcome="agreed"),
    "case.closed": _case("no_consent", "no_consent", _ADVICE),
}

# Event type to data as it travels.
EXAMPLES: dict[str, dict[str, Any]] = {
    f"huying.{service}.{name}.v1": data
    for service, examples in (("intake", _INTAKE), ("routing", _ROUTING), ("mediation", _MEDIATION))
    for name, data in examples.items()
}

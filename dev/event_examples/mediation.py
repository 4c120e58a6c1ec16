"""Events of mediation."""

from typing import Any

from dev.event_examples.matters import ADVICE, WAGES


def _case(reason: str | None = None, outcome: str | None = None, advice: str | None = None) -> dict[str, Any]:
    return {**WAGES, "reason": reason, "outcome": outcome, "advice": advice}


EXAMPLES: dict[str, dict[str, Any]] = {
    "case.registered": {
        **WAGES,
        "number": "261122-M8QK-41ZC",
        "disputeType": "labour_wage",
    },
    "case.accepted": _case(),
    "case.declined": _case("court_has_it", "declined", "该纠纷已由人民法院受理,请到区人民法院立案庭查询。"),
    "case.assigned": _case(),
    "case.session_held": _case(outcome="joint"),
    "case.progressed": _case(outcome="consent"),
    "case.agreed": _case(outcome="written"),
    "case.failed": _case("no_agreement", "failed", ADVICE),
    "case.fulfilled": _case(outcome="agreed"),
    "case.breached": _case("overdue"),
    "case.referred": _case(outcome="arbitration", advice="请到区劳动人事争议仲裁院申请仲裁。"),
    "case.archived": _case(outcome="agreed"),
    "case.closed": _case("no_consent", "no_consent", ADVICE),
}

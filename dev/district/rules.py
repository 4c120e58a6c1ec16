"""Routing rules: which post leads, by category and area, with the centre as the last resort."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from dev.district.areas import MAIN_STREET_ID
from dev.district.competences import Codes
from dev.district.model import AreaLevel, Category, Lead, Rule, Urgency
from dev.district.units import CENTRE_DESK, COMMUNITY_MATTERS, MEDIATION_HEAD, ROOM_MEDIATOR

_COMMUNITY: Lead = {"unit_kind": "community_committee", "competence": True, "level": "community"}
_SECTION: Lead = {"unit_kind": "street_section", "competence": True, "level": "street"}
_STATIONED: Lead = {"unit_kind": "stationed_unit", "competence": True, "level": "street"}
_DEPARTMENT: Lead = {"unit_kind": "district_department", "competence": True, "level": "department"}

# Minutes to accept and hours to resolve, round the clock, where life and property are in danger (domain.md 3.9). For all other orders
# the policy's times hold, in the working time of its calendar.
_CLOCKS: dict[Urgency, tuple[int, int]] = {"critical": (3, 2)}
_MONTH = 30 * 24  # default limit of a mediation
_WAGE_HOURS = 4 * 24  # seed 001: paid on the fourth day

# Matters that skip the street's sections: the unit that has the means is called at once.
_AT_ONCE: tuple[tuple[str, str | None, Lead, str], ...] = (
    ("safety_fire", MAIN_STREET_ID, _STATIONED, "驻街消防站就近处置"),
    ("safety_fraud", MAIN_STREET_ID, _STATIONED, "驻街派出所就近处置"),
    ("utility_power", MAIN_STREET_ID, _STATIONED, "驻街供电站就近处置"),
    ("market_food", MAIN_STREET_ID, _STATIONED, "驻街市场监管所就近处置"),
    ("utility_gas", None, _DEPARTMENT, "燃气泄漏直达区级部门"),
    ("traffic_light", None, _DEPARTMENT, "路灯与信号由区级部门统一养护"),
)


def write_rules(codes: Codes) -> list[Rule]:
    """The rules in order: disputes, matters called at once, communities, sections, departments."""
    rules: list[Rule] = []
    for key, draft in [*_mediation(codes), *_orders(codes)]:
        rules.append(Rule(**{**draft, "id": f"rule_{key}", "order": 10 * (len(rules) + 1)}))
    return rules


def _rule(
    category: str | None,
    lead: Lead,
    clock: tuple[int, int] | None,
    note: str,
    path: Literal["order", "mediation"] = "order",
    area_level: AreaLevel | None = None,
    area_id: str | None = None,
) -> Rule:
    rule = Rule(
        id="",
        order=0,
        category=category,
        area_level=area_level,
        area_id=area_id,
        path=path,
        lead=lead,
        note=note,
    )
    if clock:
        rule["accept_minutes"], rule["resolve_hours"] = clock
    return rule


def _mediation(codes: Codes) -> Iterator[tuple[str, Rule]]:
    settled = set(codes.settled_in_community())
    # The deepest first, so that a kind of its own below another kind is met before it.
    for category in sorted(codes.disputes(), key=lambda item: -len(item["path"])):
        code = category["code"]
        if category["dispute_type"] == "labour_wage":
            lead: Lead = {"post_id": ROOM_MEDIATOR}
            yield code, _rule(code, lead, (30, _WAGE_HOURS), "欠薪由品牌调解室快调", "mediation")
            continue
        if code in settled:
            yield (
                f"{code}_community",
                _rule(
                    code,
                    _COMMUNITY,
                    (60, 168),
                    "小事不出社区：社区先行调解",
                    "mediation",
                    area_level="community",
                ),
            )
        lead = {"post_id": MEDIATION_HEAD}
        yield code, _rule(code, lead, (120, _MONTH), "由区调处中心受理调解", "mediation")


def _orders(codes: Codes) -> Iterator[tuple[str, Rule]]:
    by_code = {category["code"]: category for category in codes.categories}
    for code, area_id, lead, note in _AT_ONCE:
        if code in by_code:
            clock = _CLOCKS.get(by_code[code]["urgency"])
            yield f"{code}_at_once", _rule(code, lead, clock, note, area_id=area_id)
    for code in codes.of(COMMUNITY_MATTERS):
        note = "日常事项由社区就近处置"
        yield (
            f"{code}_community",
            _rule(code, _COMMUNITY, None, note, area_level="community"),
        )
    for category in _by_clock(codes):
        code = category["code"]
        clock = _CLOCKS.get(category["urgency"])
        yield f"{code}_section", _rule(code, _SECTION, clock, "属地街道科室牵头")
    for category in codes.tops:
        code = category["code"]
        clock = _CLOCKS.get(category["urgency"])
        note = "街道不明时由区级部门牵头"
        yield f"{code}_department", _rule(code, _DEPARTMENT, clock, note)
    lead = {"post_id": CENTRE_DESK}
    yield "fallback", _rule(None, lead, None, "兜底：区综合指挥调度中心")


def _by_clock(codes: Codes) -> list[Category]:
    """Top-level categories, and before them those below whose urgency needs other clocks."""
    urgency = {category["code"]: category["urgency"] for category in codes.categories}
    disputes = {category["code"] for category in codes.disputes()}
    own = [
        category
        for category in codes.categories
        if category["parent"]
        and category["urgency"] != urgency[category["parent"]]
        and disputes.isdisjoint(category["path"])
    ]
    return [*sorted(own, key=lambda item: -len(item["path"])), *codes.tops]

"""What rules may ask for beside category and area, rulings that come before them, and the explanation of both."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.consumers import CategoryPublished
from services.routing.model.rules.conditions import Condition, Conditions, Window
from services.routing.model.rules.matter import CallLevel, Channel, Kind, Mode, Sensitivity, Track, Urgency
from services.routing.model.rules.routing import Facts, RoutingTable, WhyNot
from services.routing.model.rules.rules import Precedent
from tests.refusals import said
from tests.routing import district
from tests.routing.district import DEPARTMENT, DESK, GRID_1, GRID_3, OTHER_SECTION, SECTION
from tests.routing.world import DESK_OFFICER, OPERATOR, RESIDENT, World

SATURDAY_NIGHT = dt.datetime(2026, 11, 21, 15, 30, tzinfo=dt.UTC)  # 23:30 in Asia/Shanghai
SUNDAY_NIGHT = dt.datetime(2026, 11, 21, 16, 30, tzinfo=dt.UTC)  # half past midnight there
MONDAY_MORNING = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
BASE = Facts(category_path=("env",), area_path=GRID_1, at=MONDAY_MORNING)


def rules_with(when: Mapping[str, Any], **more: Any) -> list[Any]:
    """The district's rules after a first one that sends what fits to the department."""
    first = {**district.raw()["rules"][-1], "id": "rule_first", "order": 1, "lead": {"post_id": DEPARTMENT}}
    return [{**first, "when": when, **more}, *district.raw()["rules"]]


def table(rules: list[Any], *precedents: Precedent) -> RoutingTable:
    directory = district.directory({**district.raw(), "rules": rules})
    return RoutingTable(dataclasses.replace(directory, precedents=precedents))


def facts(**values: Any) -> Facts:
    return Facts(**{**{name: getattr(BASE, name) for name in Facts.__struct_fields__}, **values})


@pytest.mark.parametrize(
    ("when", "fitting", "other", "why"),
    [
        ({"kinds": ["help", "event"]}, {"kind": "event"}, {"kind": "complaint"}, WhyNot.OTHER_KIND),
        ({"call_levels": ["street"]}, {"call_level": "street"}, {"call_level": "grid"}, WhyNot.OTHER_CALL_LEVEL),
        ({"channels": ["police"]}, {"channel": "police"}, {"channel": "hotline"}, WhyNot.OTHER_CHANNEL),
        ({"tracks": ["jointly_managed"]}, {"track": "jointly_managed"}, {}, WhyNot.OTHER_TRACK),
        ({"modes": ["emergency"]}, {"mode": "emergency"}, {"mode": "routine"}, WhyNot.OTHER_MODE),
        ({"urgencies": ["critical"]}, {"urgency": "critical"}, {"urgency": "urgent"}, WhyNot.OTHER_URGENCY),
        ({"sensitivities": ["sealed"]}, {"sensitivity": "sealed"}, {"sensitivity": "public"}, WhyNot.OTHER_SENSITIVITY),
        ({"time": {"weekdays": [6]}}, {"at": SATURDAY_NIGHT}, {"at": SUNDAY_NIGHT}, WhyNot.OTHER_TIME),
        (
            {"time": {"from_time": "23:00:00", "to_time": "06:00:00"}},
            {"at": SUNDAY_NIGHT},
            {"at": MONDAY_MORNING},
            WhyNot.OTHER_TIME,
        ),
        (
            {"time": {"from_date": "2026-11-22", "to_date": "2026-11-22"}},
            {"at": SUNDAY_NIGHT},
            {"at": SATURDAY_NIGHT},
            WhyNot.OTHER_TIME,
        ),
    ],
)
def test_a_rule_holds_for_the_matters_it_asks_for_and_says_why_not_for_others(
    when: dict[str, Any], fitting: dict[str, Any], other: dict[str, Any], why: WhyNot
) -> None:
    rules = table(rules_with(when))

    assert rules.decide(facts(**fitting)).rule_id == "rule_first"
    verdict = rules.decide(facts(**other))
    assert verdict.rule_id == "rule_env_section"
    assert verdict.passed_over[0].why is why
    assert verdict.passed_over[0].expected


def test_a_rule_may_be_for_an_overlay_grid_that_cuts_across_the_tree() -> None:
    rules = rules_with({}, area_id="key_grid_1")

    assert table(rules).decide(facts(overlays=("key_grid_1",))).rule_id == "rule_first"
    assert table(rules).decide(facts()).passed_over[0].why is WhyNot.OTHER_AREA


def test_the_decision_names_every_condition_of_its_rule() -> None:
    rules = rules_with({"channels": ["police"], "time": {"weekdays": [1, 2]}}, category="env", area_id="d1")

    met = table(rules).decide(facts(channel="police")).met

    assert {one.condition: one.expected for one in met} == {
        Condition.CATEGORY: ("env",),
        Condition.AREA: ("d1",),
        Condition.TIME: ("weekdays 1,2",),
        Condition.CHANNEL: ("police",),
    }


_LOOKED_AT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(Kind)),
        "call_level": st.sampled_from(list(CallLevel)),
        "channel": st.sampled_from(list(Channel)),
        "track": st.none() | st.sampled_from(list(Track)),
        "mode": st.sampled_from(list(Mode)),
        "urgency": st.sampled_from(list(Urgency)),
        "sensitivity": st.sampled_from(list(Sensitivity)),
        "area_path": st.sampled_from([GRID_1, GRID_3, GRID_1[:2]]),
        "overlays": st.sampled_from([(), ("key_grid_1",)]),
        "at": st.integers(0, 30 * 24 * 60).map(lambda minutes: MONDAY_MORNING + dt.timedelta(minutes=minutes)),
    }
)


@given(st.lists(_LOOKED_AT, min_size=2, max_size=12))
def test_a_remembered_decision_is_the_one_that_would_be_made_anew(matters: list[dict[str, Any]]) -> None:
    night = {"time": {"from_time": "22:00:00", "to_time": "06:00:00"}, "channels": ["police"]}
    weekend = {"time": {"weekdays": [6, 7]}, "urgencies": ["critical"], "tracks": ["jointly_managed"]}
    rules = [
        *rules_with(night, area_id="key_grid_1")[:1],
        {**rules_with(weekend)[0], "id": "rule_weekend", "order": 2},
        {**rules_with({"modes": ["emergency"]})[0], "id": "rule_emergency", "order": 3},
        *district.raw()["rules"],
    ]
    remembering = table(rules)

    for matter in matters:
        assert remembering.decide(facts(**matter)) == table(rules).decide(facts(**matter))


def ruling(ruling_id: str, post: str, **values: Any) -> Precedent:
    base: dict[str, Any] = {"category": "env", "area_id": "d1-s1", "valid_from": SATURDAY_NIGHT}
    return Precedent(id=ruling_id, post_id=post, **{**base, **values})


@pytest.mark.capability("R-32")
def test_a_ruling_in_force_names_the_lead_before_the_rules_and_leaves_the_clocks() -> None:
    verdict = table(district.raw()["rules"], ruling("ruling_1", OTHER_SECTION)).decide(facts())

    assert (verdict.lead_post, verdict.lead_unit) == (OTHER_SECTION, district.UNIT_OF[OTHER_SECTION])
    assert (verdict.ruling_id, verdict.rule_id, verdict.accept_minutes) == ("ruling_1", "rule_env_section", 30)
    assert {one.condition: one.expected for one in verdict.met} == {
        Condition.CATEGORY: ("env",),
        Condition.AREA: ("d1-s1",),
    }


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"valid_from": MONDAY_MORNING + dt.timedelta(seconds=1)}, {}),
        ({"valid_to": MONDAY_MORNING}, {}),
        ({"area_id": "d1-s2"}, {}),
        ({"category": "gas"}, {}),
        ({"when": Conditions(channels=(Channel.POLICE,))}, {"channel": "hotline"}),
        ({"when": Conditions(time=Window(weekdays=(7,)))}, {}),
        ({}, {"dispute_type": "neighbour"}),
    ],
)
def test_a_ruling_that_is_not_in_force_for_a_matter_is_not_consulted(
    values: dict[str, Any], asked: dict[str, Any]
) -> None:
    verdict = table(district.raw()["rules"], ruling("ruling_1", OTHER_SECTION, **values)).decide(facts(**asked))

    assert verdict.ruling_id is None
    assert verdict.lead_post != OTHER_SECTION


def test_of_several_rulings_the_one_for_the_smallest_area_then_the_closest_category_then_the_newest_holds() -> None:
    wide = ruling("ruling_1", DESK, area_id="d1")
    near = ruling("ruling_2", OTHER_SECTION)
    newer = ruling("ruling_3", DEPARTMENT, valid_from=SUNDAY_NIGHT)
    for_any = ruling("ruling_4", DESK, category=None, valid_from=MONDAY_MORNING)
    rules = district.raw()["rules"]

    assert table(rules, wide, near).decide(facts()).ruling_id == "ruling_2"
    assert table(rules, near, newer).decide(facts()).ruling_id == "ruling_3"
    assert table(rules, for_any, near).decide(facts()).ruling_id == "ruling_2"


def test_a_ruling_for_a_post_that_is_gone_is_passed_over_with_its_reason() -> None:
    verdict = table(district.raw()["rules"], ruling("ruling_1", "post_gone")).decide(facts())

    assert (verdict.lead_post, verdict.ruling_id) == (SECTION, None)
    assert (verdict.passed_over[0].rule_id, verdict.passed_over[0].why) == ("ruling_1", WhyNot.NO_COMPETENT_POST)


EXPLAIN = """
query($facts: RoutingFactsInput!) {
  explainRouting(facts: $facts) {
    path rule ruleNote ruling leadPost { id } leadUnit { id } unresolved
    conditions { condition expected actual }
    reasons { rule outcome text expected actual }
  }
}
"""


async def published(world: World) -> None:
    for code, path in (("env", ["env"]), ("env_waste", ["env", "env_waste"])):
        await world.hear(CategoryPublished(code=code, name=code, path=path), code)


async def test_staff_may_ask_who_would_get_a_matter_without_creating_anything(world: World) -> None:
    await published(world)
    await world.load({**district.raw(), "rules": rules_with({"channels": ["police"]})})

    given = {"category": "env_waste", "area": "d1-s1", "channel": "HOTLINE"}
    answer = (await world.ask(EXPLAIN, DESK_OFFICER, language="zh", facts=given))["explainRouting"]

    assert (answer["rule"], answer["ruleNote"], answer["ruling"]) == (
        "rule_env_section",
        "规则 rule_env_section",
        None,
    )
    assert (answer["leadPost"]["id"], answer["leadUnit"]["id"]) == (SECTION, district.UNIT_OF[SECTION])
    assert answer["conditions"] == [{"condition": "CATEGORY", "expected": ["env"], "actual": ["env", "env_waste"]}]
    why = {row["rule"]: row for row in answer["reasons"]}
    assert why["rule_first"] == {
        "rule": "rule_first",
        "outcome": "OTHER_CHANNEL",
        "text": "渠道不符",
        "expected": ["police"],
        "actual": ["hotline"],
    }
    assert why["rule_waste_community"]["outcome"] == "AREA_TOO_COARSE"
    assert why["rule_waste_community"]["actual"] == ["d1", "d1-s1"]
    assert await world.told() == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"category": "none", "area": "d1"}, "UNKNOWN_CATEGORY"),
        ({"category": "env", "area": "none"}, "UNKNOWN_AREA"),
    ],
)
async def test_a_question_about_an_unknown_category_or_area_is_refused(
    world: World, given: dict[str, Any], code: str
) -> None:
    await published(world)

    _, errors = await world.ask_raw(EXPLAIN, OPERATOR, facts=given)

    assert said(errors[0]["extensions"]) == code


async def test_residents_do_not_ask_how_matters_are_routed(world: World) -> None:
    _, errors = await world.ask_raw(EXPLAIN, RESIDENT, facts={"category": "env", "area": "d1"})

    assert said(errors[0]["extensions"]) == "NOT_ALLOWED ROLE"


async def test_what_intake_knows_of_a_report_decides_and_is_kept_with_the_decision(world: World) -> None:
    await world.load({**district.raw(), "rules": rules_with({"channels": ["police"], "kinds": ["event"]})})

    order = await world.dispatched(channel="police", kind="event", call_level="public")

    assert (order.lead_post, order.rule_id) == (DEPARTMENT, "rule_first")
    document = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Report { routingDecision {
      rule conditions { condition expected actual } } } } }"""
    seen = await world.ask(document, DESK_OFFICER, of=[{"__typename": "Report", "id": "report_1"}])
    assert seen["_entities"][0]["routingDecision"]["conditions"] == [
        {"condition": "KIND", "expected": ["event"], "actual": ["event"]},
        {"condition": "CHANNEL", "expected": ["police"], "actual": ["police"]},
    ]

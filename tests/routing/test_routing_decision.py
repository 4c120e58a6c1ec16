"""Who leads a matter, and why no earlier rule decided: a pure function."""

import pytest

from services.routing.errors.organisation import OrganisationNotLoaded
from services.routing.model.organisation.directory import Directory
from services.routing.model.rules.routing import Facts, RoutingTable, Unresolved, Verdict, WhyNot
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, GRID_1, GRID_3, MEDIATION, OTHER_SECTION, SECTION

WASTE = ("env", "env_waste")


def decide(
    category: tuple[str, ...], area: tuple[str, ...] = GRID_1, dispute: str | None = None, **values: object
) -> Verdict:
    facts = Facts(category_path=category, area_path=area, dispute_type=dispute)
    return RoutingTable(district.directory({**district.raw(), **values})).decide(facts)


def reasons(verdict: Verdict) -> dict[str, WhyNot]:
    return {row.rule_id: row.why for row in verdict.passed_over}


@pytest.mark.parametrize(
    ("category", "area", "rule", "post"),
    [
        (WASTE, GRID_1, "rule_waste_community", COMMITTEE),
        (WASTE, GRID_3, "rule_waste_street_2", OTHER_SECTION),
        (WASTE, GRID_1[:2], "rule_env_section", SECTION),
        (WASTE, GRID_1[:1], "rule_env_department", DEPARTMENT),
        (("env",), GRID_1, "rule_env_section", SECTION),
        (("gas",), GRID_1, "rule_gas_department", DEPARTMENT),
        (("other",), GRID_1, "rule_fallback", DESK),
    ],
)
def test_first_rule_that_holds_and_finds_a_post_decides(
    category: tuple[str, ...], area: tuple[str, ...], rule: str, post: str
) -> None:
    verdict = decide(category, area)

    assert (verdict.path, verdict.rule_id, verdict.lead_post) == ("order", rule, post)
    assert verdict.lead_unit == district.UNIT_OF[post]
    assert verdict.unresolved is None


def test_every_earlier_rule_has_its_reason() -> None:
    verdict = decide(WASTE, GRID_1[:2])

    assert reasons(verdict) == {
        "rule_noise_community": WhyNot.OTHER_CATEGORY,
        "rule_noise": WhyNot.OTHER_CATEGORY,
        "rule_gas_station": WhyNot.OTHER_CATEGORY,
        "rule_waste_community": WhyNot.AREA_TOO_COARSE,
        "rule_waste_street_2": WhyNot.OTHER_AREA,
    }
    assert reasons(decide(("gas",)))["rule_gas_station"] is WhyNot.NO_COMPETENT_POST


def test_rules_are_tried_by_their_order_not_by_their_place_in_the_file() -> None:
    assert decide(WASTE, rules=[*reversed(district.raw()["rules"])]).rule_id == "rule_waste_community"


def test_of_several_posts_the_one_for_the_smallest_area_then_the_closest_competence_leads() -> None:
    posts = district.raw()["posts"]
    near = {**posts[1], "id": "post_near", "area_ids": ["d1-s1-c1"]}
    close = {**posts[1], "id": "post_close", "competences": ["env_waste"]}

    assert decide(WASTE, GRID_1, posts=[*posts, near, close], rules=_only("rule_env_section")).lead_post == "post_near"
    assert decide(WASTE, GRID_1, posts=[*posts, close], rules=_only("rule_env_section")).lead_post == "post_close"


def test_a_dispute_goes_to_mediation_by_the_rule_of_its_category() -> None:
    assert (decide(("noise",), GRID_1, "neighbour").lead_post, decide(("noise",), GRID_1).path) == (
        COMMITTEE,
        "mediation",
    )
    elsewhere = decide(("noise",), GRID_3, "neighbour")

    assert (elsewhere.path, elsewhere.rule_id, elsewhere.lead_post) == ("mediation", "rule_noise", MEDIATION)
    assert reasons(elsewhere) == {"rule_noise_community": WhyNot.NO_COMPETENT_POST}


def test_a_dispute_of_a_category_without_mediation_rule_goes_where_its_kind_goes() -> None:
    verdict = decide(("other",), GRID_1, "neighbour")

    assert (verdict.path, verdict.rule_id) == ("mediation", "rule_noise_community")
    assert reasons(verdict)["rule_env_section"] is WhyNot.NOT_FOR_DISPUTES


def test_a_dispute_of_an_unknown_kind_is_the_centres_to_decide() -> None:
    verdict = decide(("other",), GRID_1, "land")

    assert (verdict.path, verdict.lead_post) == ("mediation", DESK)
    assert verdict.unresolved is Unresolved.NO_MEDIATION_RULE


def test_a_matter_in_an_unknown_area_goes_to_the_centre_with_the_reason() -> None:
    verdict = decide(WASTE, ("d9", "d9-s1"))

    assert (verdict.lead_post, verdict.unresolved) == (DESK, Unresolved.UNKNOWN_AREA)


def test_a_place_known_more_finely_than_the_organisation_is_routed_by_what_is_known() -> None:
    assert decide(WASTE, (*GRID_1, "d1-s1-c1-g1-m7")).lead_post == COMMITTEE


def test_the_same_facts_are_decided_once() -> None:
    table = RoutingTable(district.directory())
    facts = Facts(category_path=WASTE, area_path=GRID_1)

    assert table.decide(facts) is table.decide(Facts(category_path=WASTE, area_path=GRID_1))


def test_nothing_is_decided_before_an_organisation_is_loaded() -> None:
    with pytest.raises(OrganisationNotLoaded):
        RoutingTable(Directory()).decide(Facts(category_path=WASTE, area_path=GRID_1))


def _only(rule_id: str) -> list[object]:
    return [rule for rule in district.raw()["rules"] if rule["id"] in (rule_id, "rule_fallback")]

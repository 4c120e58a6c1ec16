"""Rule sets at the GraphQL edge: drafted, checked, compared, activated, rolled back; and what loading a file does to them."""

from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.errors.organisation import LoadRefused
from services.routing.handlers.organisation.organisation import load_organisation
from tests.refusals import said
from tests.routing import district
from tests.routing.district import DEPARTMENT, DESK, SECTION
from tests.routing.rule_world import (
    DESK_RULE,
    ENV_TO_DEPARTMENT,
    activate,
    activated,
    draft,
    drafted,
    publish_categories,
)
from tests.routing.world import DESK_OFFICER, OPERATOR, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

RULE_SET = """
query($id: ID) { ruleSet(id: $id) {
  id number state note author { byLoad post { id } }
  activations { reason until author { byLoad post { id } } }
  rules { id order path category { code } area { id } lead { post { id } unitKind } when { channels time { weekdays } } }
  problems { code path message }
} }
"""


async def test_a_draft_is_kept_with_its_author_and_does_not_route(world: World) -> None:
    version_id = await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE], note="全部转部门")

    seen = (await world.ask(RULE_SET, SECTION_HEAD, id=version_id))["ruleSet"]
    assert (seen["number"], seen["state"], seen["note"]) == (2, "DRAFT", "全部转部门")
    assert seen["author"] == {"byLoad": False, "post": {"id": DESK}}
    assert seen["problems"] == []
    assert [(rule["id"], rule["lead"]["post"]["id"]) for rule in seen["rules"]] == [
        ("rule_env", DEPARTMENT),
        ("rule_desk", DESK),
    ]
    assert (await world.dispatched()).lead_post == SECTION
    assert [row["type"] for row in await world.told("rule_set")][-1] == "huying.routing.rule_set.drafted.v1"


async def test_an_activated_set_routes_and_takes_the_place_of_the_one_before(world: World) -> None:
    version_id = await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE])

    assert await activated(world, version_id, reason="周调度会决定") == "ACTIVE"

    order = await world.dispatched()
    assert (order.lead_post, order.rule_id) == (DEPARTMENT, "rule_env")
    listed = await world.ask("{ ruleSets { nodes { number state activations { reason until } } } }", DESK_OFFICER)
    assert [(row["number"], row["state"]) for row in listed["ruleSets"]["nodes"]] == [(2, "ACTIVE"), (1, "SUPERSEDED")]
    assert listed["ruleSets"]["nodes"][1]["activations"][0]["until"] is not None
    assert [row["type"].split(".")[3] for row in await world.told("rule_set")] == [
        *("drafted", "activated", "drafted", "superseded", "activated"),
    ]


async def test_an_activation_is_followed_by_every_replica(world: World) -> None:
    other = World(world.service.settings)
    await other.directory.refresh()
    version_id = await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE])

    await activated(world, version_id)
    await other.directory.refresh()

    assert (other.directory.current.rule_set, len(other.directory.current.rules)) == (2, 2)
    await other.mongo.close()


async def test_rolling_back_is_activating_an_older_set_anew_and_stays_in_the_history(world: World) -> None:
    first = (await world.ask(RULE_SET, OPERATOR))["ruleSet"]["id"]
    await activated(world, await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE]))

    assert await activated(world, first, reason="退回原规则") == "ACTIVE"

    seen = (await world.ask(RULE_SET, OPERATOR))["ruleSet"]
    assert (seen["id"], seen["number"]) == (first, 1)
    assert [(row["reason"], row["until"] is None) for row in seen["activations"]] == [
        ("organisation file 组织文件", False),
        ("退回原规则", True),
    ]
    assert seen["activations"][0]["author"]["byLoad"]
    assert (await world.dispatched()).lead_post == SECTION


async def test_a_set_that_is_in_force_is_not_activated_again(world: World) -> None:
    version_id = await drafted(world, [DESK_RULE])
    await activated(world, version_id)

    (error,) = (await activate(world, version_id))["errors"]

    assert said(error) == "CONFIGURATION_IN_FORCE"


def _changed(**values: Any) -> dict[str, Any]:
    return {**ENV_TO_DEPARTMENT, **values}


@pytest.mark.parametrize(
    ("rules", "code", "path", "named"),
    [
        ([_changed(category="none"), DESK_RULE], "UNKNOWN_CATEGORY", ["rules", "0", "category"], "none"),
        ([_changed(areaId="d9"), DESK_RULE], "UNKNOWN_AREA", ["rules", "0", "areaId"], "d9"),
        (
            [_changed(lead={"postId": "post_none"}), DESK_RULE],
            "UNKNOWN_POST",
            ["rules", "0", "lead", "postId"],
            "post_none",
        ),
        ([_changed(lead={}), DESK_RULE], "LEAD_NOT_ONE", ["rules", "0", "lead"], "rule_env"),
        ([_changed(order=DESK_RULE["order"]), DESK_RULE], "RULE_ORDER_TAKEN", ["rules", "1", "order"], "rule_env"),
        ([_changed(id="rule_desk"), DESK_RULE], "RULE_TWICE", ["rules", "1", "id"], "rule_desk"),
        ([_changed(acceptMinutes=0), DESK_RULE], "CLOCKS_NOT_ABOVE_ZERO", ["rules", "0"], "rule_env"),
        ([ENV_TO_DEPARTMENT], "LAST_RESORT_MISSING", ["rules"], "last resort"),
        (
            [_changed(when={"time": {"weekdays": [8]}}), DESK_RULE],
            "INVALID_INPUT",
            ["rules", "0", "when", "time", "weekdays"],
            "1..7",
        ),
        (
            [_changed(when={"time": {"fromDate": "2026-12-01", "toDate": "2026-11-30"}}), DESK_RULE],
            "INVALID_INPUT",
            ["rules", "0", "when", "time", "toDate"],
            "rule_env",
        ),
    ],
)
async def test_a_set_that_names_what_there_is_not_is_refused_by_name(
    world: World, rules: list[dict[str, Any]], code: str, path: list[str], named: str
) -> None:
    await publish_categories(world)

    payload = await draft(world, rules)

    assert payload["ruleSet"] is None
    assert [(said(error), error["path"]) for error in payload["errors"]] == [(code, path)]
    assert named in payload["errors"][0]["message"]
    assert (await world.ask("{ ruleSets { nodes { number } } }"))["ruleSets"]["nodes"] == [{"number": 1}]


async def test_all_problems_of_a_set_are_listed_at_once(world: World) -> None:
    payload = await draft(world, [_changed(areaId="d9", lead={"postId": "post_none"})])

    assert {said(error) for error in payload["errors"]} == {"UNKNOWN_AREA", "UNKNOWN_POST", "LAST_RESORT_MISSING"}


async def test_a_draft_whose_post_is_removed_meanwhile_says_so_and_is_not_activated(world: World) -> None:
    version_id = await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE])
    values = district.raw()
    values["posts"] = [post for post in values["posts"] if post["id"] != DEPARTMENT]
    await world.load(values)

    (error,) = (await activate(world, version_id))["errors"]

    assert (said(error), error["path"]) == ("UNKNOWN_POST", ["rules", "0", "lead", "postId"])
    seen = (await world.ask(RULE_SET, OPERATOR, id=version_id))["ruleSet"]
    assert (seen["state"], [problem["code"] for problem in seen["problems"]]) == ("DRAFT", ["UNKNOWN_POST"])


async def test_the_difference_between_two_sets_names_what_is_new_gone_and_changed(world: World) -> None:
    extra = {**ENV_TO_DEPARTMENT, "id": "rule_gas", "order": 5, "category": "gas"}
    before = await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE])
    after = await drafted(world, [_changed(areaId="d1-s1", note="仅一街"), extra, DESK_RULE])
    document = """query($a: ID!, $b: ID!) { ruleSetDifference(fromId: $a, toId: $b) {
      rule fields before { id } after { id } } }"""

    seen = (await world.ask(document, OPERATOR, a=before, b=after))["ruleSetDifference"]
    back = (await world.ask(document, OPERATOR, a=after, b=before))["ruleSetDifference"]

    assert seen == [
        {"rule": "rule_gas", "fields": [], "before": None, "after": {"id": "rule_gas"}},
        {"rule": "rule_env", "fields": ["area_id", "note"], "before": {"id": "rule_env"}, "after": {"id": "rule_env"}},
    ]
    assert (back[0]["before"], back[0]["after"]) == ({"id": "rule_gas"}, None)


@pytest.mark.parametrize("caller", [SECTION_HEAD, STREET_2_CENTRE, RESIDENT])
async def test_only_the_districts_centre_and_operators_change_rules(world: World, caller: Caller) -> None:
    version_id = await drafted(world, [DESK_RULE])

    assert [said(error) for error in (await draft(world, [DESK_RULE], caller))["errors"]] == ["NOT_ALLOWED ROLE"]
    assert [said(error) for error in (await activate(world, version_id, caller))["errors"]] == ["NOT_ALLOWED ROLE"]


async def test_residents_do_not_see_rule_sets(world: World) -> None:
    _, errors = await world.ask_raw(RULE_SET, RESIDENT)

    assert said(errors[0]["extensions"]) == "NOT_ALLOWED ROLE"


async def test_an_activation_sent_twice_happens_once(world: World) -> None:
    version_id, key = await drafted(world, [DESK_RULE]), new_id("key")

    first = await activate(world, version_id, key=key)
    again = await activate(world, version_id, key=key)

    assert first == again
    assert [row["type"].split(".")[3] for row in await world.told("rule_set")].count("activated") == 2


async def test_loading_a_file_with_the_same_rules_leaves_the_activated_set_in_force(world: World) -> None:
    await activated(world, await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE]))
    values = district.raw()
    values["posts"][1]["competences"] = ["env"]

    await world.load(values)
    assert world.directory.current.rule_set == 2

    values["rules"] = values["rules"][1:]
    await world.load(values)
    assert (world.directory.current.rule_set, len(world.directory.current.rules)) == (3, len(values["rules"]))


async def test_a_file_without_a_post_that_the_activated_set_names_is_refused(world: World) -> None:
    await activated(world, await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE]))
    values = district.raw()
    values["posts"] = [post for post in values["posts"] if post["id"] != DEPARTMENT]

    with pytest.raises(LoadRefused, match=r"rule set 2, which is in force: .*post_dept"):
        await load_organisation(world.store, district.organisation(values))

"""Trying a rule set on the matters of the last 90 days before it is activated: what it would change, and for whom."""

import asyncio
import collections
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.handlers.rules import dry_run as handlers
from services.routing.model.rules.decision import Decision, ReportFacts
from services.routing.store.decision import DECISIONS
from services.routing.store.dry_run import DRY_RUNS
from tests.refusals import said
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, GRID_1, GRID_3, OTHER_SECTION, SECTION, UNIT_OF
from tests.routing.rule_world import DESK_RULE, ENV_TO_DEPARTMENT, activate, drafted
from tests.routing.world import DESK_OFFICER, OPERATOR, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

START = """mutation($input: DryRunRuleSetInput!) { dryRunRuleSet(input: $input) {
  dryRun { id state } errors { code reason path } } }"""
RUN = """query($id: ID!) { dryRun(id: $id) {
  state number againstNumber matters changed unresolvedBefore unresolvedAfter since until finishedAt
  units { unit { id } before after difference } rules { rule before after }
  moves { fromPost { id } toPost { id } count examples { id } } } }"""


async def start(world: World, rule_set: str, caller: Caller = DESK_OFFICER, days: int = 90) -> Any:
    given = {"idempotencyKey": new_id("key"), "ruleSetId": rule_set, "days": days}
    return (await world.ask(START, caller, input=given))["dryRunRuleSet"]


async def run(world: World, rule_set: str, days: int = 90) -> Any:
    """A dry run to its end."""
    payload = await start(world, rule_set, days=days)
    assert payload["errors"] == [], payload
    run_id = payload["dryRun"]["id"]
    while (await stored(world, run_id)).next_step_at:
        await handlers.count_on(world.store, world.directory, run_id)
    return (await world.ask(RUN, DESK_OFFICER, id=run_id))["dryRun"]


async def stored(world: World, run_id: str) -> Any:
    row = await world.mongo[DRY_RUNS.collection.name].find_one({"_id": run_id})
    assert row
    return DRY_RUNS.from_document({key: value for key, value in row.items() if key != "step_claim"})


async def decided_before(world: World, count: int) -> None:
    """`count` matters of the last 40 days: two in three in the first street, every fourth about something else."""
    documents = []
    for index in range(count):
        path = GRID_3 if index % 3 == 0 else GRID_1
        category = ("other",) if index % 4 == 0 else ("env",)
        report = ReportFacts(
            report_id=f"report_{index:05}",
            number=f"n-{index}",
            category=category[-1],
            category_path=category,
            dispute_type=None,
            area_id=path[-1],
            area_path=path,
            urgency="routine",
            sensitivity="internal",
            received_at=world.now,
        )
        at = world.now - timedelta(minutes=20 * index)
        verdict = world.directory.table.decide(report.facts(at))
        decision, _ = Decision.of(report, verdict, world.directory.current, at)
        decision.version = 1
        documents.append(DECISIONS.to_document(decision))
    await world.mongo[DECISIONS.collection.name].insert_many(documents)


async def test_a_dry_run_says_who_would_get_more_and_who_less(world: World) -> None:
    for index, path in enumerate((GRID_1, GRID_1, GRID_3)):
        await world.triage(f"report_{index}", area_path=list(path), area_id=path[-1])
    await world.triage("report_gas", category="gas", category_path=["gas"])
    rule_set = await drafted(world, [{**ENV_TO_DEPARTMENT, "areaId": "d1-s1"}, DESK_RULE])
    world.pass_time(minutes=1)

    seen = await run(world, rule_set)

    assert (seen["state"], seen["number"], seen["againstNumber"], seen["matters"]) == ("DONE", 2, 1, 4)
    assert {row["unit"]["id"]: (row["before"], row["after"], row["difference"]) for row in seen["units"]} == {
        UNIT_OF[SECTION]: (2, 0, -2),
        UNIT_OF[OTHER_SECTION]: (1, 0, -1),
        UNIT_OF[DEPARTMENT]: (1, 2, 1),
        UNIT_OF[DESK]: (0, 2, 2),
    }
    assert {row["rule"]: (row["before"], row["after"]) for row in seen["rules"]} == {
        "rule_env_section": (3, 0),
        "rule_gas_department": (1, 0),
        "rule_env": (0, 2),
        "rule_desk": (0, 2),
    }
    assert seen["changed"] == 4
    first = seen["moves"][0]
    assert (first["fromPost"]["id"], first["toPost"]["id"], first["count"]) == (SECTION, DEPARTMENT, 2)
    assert {row["id"] for row in first["examples"]} == {"report_0", "report_1"}
    assert [row["type"].split(".")[3] for row in await world.told("dry_run")] == ["started", "finished"]


async def test_a_dry_run_creates_nothing_and_leaves_the_rules_in_force(world: World) -> None:
    await world.triage()
    told, orders = await world.told(), await world.orders()
    world.pass_time(minutes=1)

    await run(world, await drafted(world, [DESK_RULE]))

    assert await world.told() == told
    assert await world.orders() == orders
    assert world.directory.current.rule_set == 1


async def test_what_cannot_be_settled_is_counted_before_and_after(world: World) -> None:
    await world.triage(dispute_type="neighbour", category="noise", category_path=["noise"])
    world.pass_time(minutes=1)

    seen = await run(world, await drafted(world, [DESK_RULE]))

    assert (seen["unresolvedBefore"], seen["unresolvedAfter"]) == (0, 1)
    assert {row["unit"]["id"]: row["difference"] for row in seen["units"]} == {UNIT_OF[COMMITTEE]: -1, UNIT_OF[DESK]: 1}


async def test_a_report_that_was_routed_twice_counts_once_and_as_it_is_now(world: World) -> None:
    await world.triage()
    await world.triage(category="gas", category_path=["gas"])
    world.pass_time(minutes=1)

    seen = await run(world, await drafted(world, [DESK_RULE]))

    assert seen["matters"] == 1
    assert [(move["fromPost"]["id"], move["count"]) for move in seen["moves"]] == [(DEPARTMENT, 1)]


async def test_only_matters_of_the_period_are_counted(world: World) -> None:
    await world.triage("report_old")
    world.pass_time(days=91)
    await world.triage("report_new")
    world.pass_time(minutes=1)
    rule_set = await drafted(world, [DESK_RULE])

    assert (await run(world, rule_set))["matters"] == 1
    assert (await run(world, rule_set, days=92))["matters"] == 2


async def test_thousands_of_matters_are_counted_in_batches_while_others_work(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "_BATCH", 700)
    await decided_before(world, 3000)
    world.pass_time(minutes=1)
    rule_set = await drafted(world, [{**ENV_TO_DEPARTMENT, "areaId": "d1-s1"}, DESK_RULE])
    run_id = (await start(world, rule_set))["dryRun"]["id"]

    turns = collections.Counter[str]()

    async def others() -> None:
        while True:
            turns["others"] += 1
            await asyncio.sleep(0)

    beside, steps, matters = asyncio.create_task(others()), 0, []
    while (await stored(world, run_id)).next_step_at:
        before = turns["others"]
        await handlers.count_on(world.store, world.directory, run_id)
        assert turns["others"] > before
        matters.append((await stored(world, run_id)).matters)
        steps += 1
    beside.cancel()

    assert matters == [700, 1400, 2100, 2800, 3000]
    seen = (await world.ask(RUN, DESK_OFFICER, id=run_id))["dryRun"]
    assert sum(row["before"] for row in seen["units"]) == sum(row["after"] for row in seen["units"]) == 3000
    in_street = sum(1 for index in range(3000) if index % 3 and index % 4)
    assert {(m["fromPost"]["id"], m["toPost"]["id"]): m["count"] for m in seen["moves"]}[
        SECTION, DEPARTMENT
    ] == in_street
    assert all(len(move["examples"]) <= 5 for move in seen["moves"])


async def test_a_batch_that_two_replicas_count_at_once_counts_once(world: World) -> None:
    await decided_before(world, 50)
    world.pass_time(minutes=1)
    run_id = (await start(world, await drafted(world, [DESK_RULE])))["dryRun"]["id"]

    await asyncio.gather(*(handlers.count_on(world.store, world.directory, run_id) for _ in range(3)))

    assert (await stored(world, run_id)).matters == 50
    assert [row["type"].split(".")[3] for row in await world.told("dry_run")] == ["started", "finished"]


async def test_decisions_are_found_by_their_index(world: World) -> None:
    where = {"current": True, "decided_at": {"$gte": world.now - timedelta(days=90), "$lt": world.now}}
    found = world.mongo[DECISIONS.collection.name].find(where).sort([("decided_at", 1), ("_id", 1)])

    plan = str((await found.explain())["queryPlanner"]["winningPlan"])

    assert "IXSCAN" in plan
    assert "'SORT'" not in plan


@pytest.mark.parametrize(
    ("caller", "days", "code"),
    [
        (SECTION_HEAD, 90, "NOT_ALLOWED ROLE"),
        (STREET_2_CENTRE, 90, "NOT_ALLOWED ROLE"),
        (RESIDENT, 90, "NOT_ALLOWED ROLE"),
        (OPERATOR, 0, "INVALID_INPUT"),
        (OPERATOR, 400, "INVALID_INPUT"),
    ],
)
async def test_a_dry_run_that_may_not_be_is_refused(world: World, caller: Caller, days: int, code: str) -> None:
    rule_set = await drafted(world, [DESK_RULE])

    payload = await start(world, rule_set, caller, days)

    assert [said(error) for error in payload["errors"]] == [code]
    assert await world.told("dry_run") == []


async def test_a_set_that_was_tried_is_listed_with_its_runs_and_can_be_activated(world: World) -> None:
    rule_set = await drafted(world, [DESK_RULE])
    await run(world, rule_set)
    await run(world, rule_set, days=30)

    listed = await world.ask("query($id: ID!) { dryRuns(ruleSet: $id) { nodes { state } } }", OPERATOR, id=rule_set)

    assert [row["state"] for row in listed["dryRuns"]["nodes"]] == ["DONE", "DONE"]
    assert (await activate(world, rule_set))["errors"] == []

"""Lists: pages, filters, and that each is served in order by an index."""

from typing import Any

import pytest

from services.chassis.graphql import connection
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.intake.store import TIMELINE
from tests.intake.world import ATTENDANT, CENTRE, GRID_1, HANDLER, MEDIATOR, RESIDENT, STREET, World
from tests.reads import reads
from tests.refusals import said


async def test_pages_continue_where_the_last_ended_though_reports_come_in(world: World) -> None:
    ids = []
    for number in range(5):
        world.pass_time(seconds=number % 2)  # some share their moment
        ids.append(await world.submitted())
    document = (
        "query Q($a: String) { reports(first: 2, after: $a) { nodes { id } pageInfo { hasNextPage endCursor } } }"
    )

    pages: list[list[str]] = []
    after = None
    while True:
        found = (await world.ask(document, a=after))["reports"]
        pages.append([node["id"] for node in found["nodes"]])
        after = found["pageInfo"]["endCursor"]
        world.pass_time(seconds=1)
        await world.submitted()
        if not found["pageInfo"]["hasNextPage"]:
            break

    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(one for page in pages for one in page) == sorted(ids)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, 4),
        ({"states": ["RECEIVED"]}, 1),
        ({"states": ["TRIAGED", "RECEIVED"]}, 4),
        ({"urgencies": ["CRITICAL"]}, 1),
        ({"states": ["TRIAGED"], "urgencies": ["ROUTINE"]}, 2),
        ({"category": "env"}, 1),
        ({"category": "env_waste"}, 1),
        ({"area": GRID_1}, 4),
        ({"area": "d1-s2"}, 0),
        ({"receivedFrom": "2026-11-22T09:00:00Z"}, 1),
        ({"receivedBefore": "2026-11-22T09:00:00Z"}, 3),
    ],
)
async def test_a_list_is_narrowed(world: World, wanted: dict[str, Any], expected: int) -> None:
    for category in ("env_waste", "gas", None):
        await world.submitted(category=category)
    world.pass_time(hours=1)
    await world.submitted(category="noise")

    data = await world.ask("query Q($f: ReportFilter) { reports(filter: $f) { nodes { id } } }", CENTRE, f=wanted)

    assert len(data["reports"]["nodes"]) == expected


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("first: 0", "INVALID_INPUT"),
        ("first: 101", "INVALID_INPUT"),
        ('after: "x"', "INVALID_INPUT"),
        ('filter: {category: "nothing"}', "UNKNOWN_CATEGORY"),
        ('filter: {area: "nowhere"}', "UNKNOWN_AREA"),
    ],
)
async def test_a_list_refuses_what_it_does_not_know(world: World, arguments: str, code: str) -> None:
    _, errors = await world.ask_raw(f"{{ reports({arguments}) {{ nodes {{ id }} }} }}")

    assert [said(error["extensions"]) for error in errors] == [code]


FILTERS: list[dict[str, Any]] = [
    {},
    {"states": ["TRIAGED"]},
    {"urgencies": ["CRITICAL", "URGENT"]},
    {"states": ["TRIAGED", "ROUTED"], "urgencies": ["ROUTINE"]},
    {"category": "env"},
    {"area": "d1-s1"},
    {"area": GRID_1, "states": ["RECEIVED"]},
    {"receivedFrom": "2026-11-22T08:00:00Z", "receivedBefore": "2026-11-23T08:00:00Z"},
]
BOTH = Caller(person="person_b", roles=frozenset({"handler", "attendant"}), post="post_h", unit="unit_h", area=GRID_1)


@pytest.mark.parametrize("caller", [RESIDENT, ATTENDANT, STREET, CENTRE, HANDLER, MEDIATOR, BOTH], ids=str)
async def test_every_list_is_read_in_order_from_an_index(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: no list reads the whole collection or sorts in memory, on its first page or a later one."""
    for number in range(12):
        world.pass_time(seconds=1)
        await world.submitted(ATTENDANT if number % 2 else RESIDENT, category=("env_waste", "gas")[number % 2])
    asked: list[tuple[Document, Any]] = []
    collection = type(world.mongo["reports"])
    find = collection.find

    def noted(self: Any, where: Document, *rest: Any, **options: Any) -> Any:
        cursor = find(self, where, *rest, **options)
        if self.name == "reports" and not options and not rest:
            asked.append((where, cursor))
        return cursor

    monkeypatch.setattr(collection, "find", noted)
    document = (
        "query Q($f: ReportFilter, $a: String) {"
        " reports(filter: $f, first: 3, after: $a) { pageInfo { endCursor } }"
        " myReports(first: 3, after: $a) { pageInfo { endCursor } } }"
    )
    after = connection._cursor(world.now, "report_zzz")
    for wanted in FILTERS:
        for start in (None, after):
            await world.ask(document, caller, f=wanted, a=start)
    monkeypatch.setattr(collection, "find", find)

    assert len(asked) == 4 * len(FILTERS)
    for where, _ in asked:
        plan = await world.mongo.database.command(
            "explain",
            {
                "find": "reports",
                "filter": where,
                "sort": {"received_at": -1, "_id": -1},
                "limit": 4,
            },
            verbosity="queryPlanner",
        )
        stages = set(_stages(plan["queryPlanner"]["winningPlan"]))
        assert stages.isdisjoint({"COLLSCAN", "SORT"}), (where, stages)


async def test_the_timeline_is_one_range_of_the_index_it_has_anyway(world: World) -> None:
    plan = await world.mongo.database.command(
        "explain",
        {"find": "timeline", "filter": {"_id": {"$gt": "r/", "$lt": "r0"}}, "sort": {"_id": 1}},
        verbosity="queryPlanner",
    )

    assert set(_stages(plan["queryPlanner"]["winningPlan"])) == {"FETCH", "IXSCAN"}


async def test_what_is_due_is_found_by_its_index(world: World) -> None:
    plan = await world.mongo.database.command(
        "explain",
        {"find": "reports", "filter": {"next_step_at": {"$lte": world.now}}, "sort": {"next_step_at": 1}},
        verbosity="queryPlanner",
    )

    assert set(_stages(plan["queryPlanner"]["winningPlan"])) == {"FETCH", "IXSCAN"}


def _stages(plan: Any) -> list[str]:
    if isinstance(plan, list):
        return [stage for part in plan for stage in _stages(part)]
    if not isinstance(plan, dict):
        return []
    here = [plan["stage"]] if isinstance(plan.get("stage"), str) else []
    return here + [stage for part in plan.values() for stage in _stages(part)]


async def test_the_timelines_of_a_list_are_one_read(world: World) -> None:
    ids = [await world.submitted() for _ in range(3)]
    document = "{ reports { nodes { id timeline { type } } } }"

    async with reads(world.service.store.mongo) as found:
        nodes = (await world.ask(document))["reports"]["nodes"]

    assert [node["id"] for node in nodes] == sorted(ids, reverse=True)
    assert {len(node["timeline"]) for node in nodes} == {len(nodes[0]["timeline"])} != {0}
    (read,) = [one for one in found if one["collection"] == TIMELINE.name]
    assert read["docs"] == sum(len(node["timeline"]) for node in nodes)

"""Lists of orders: what each filter finds, page by page, and that an index answers every one of them."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from services.chassis.graphql import connection
from services.chassis.graphql.connection import page
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.model.order.work_order import OrderState
from services.routing.store.work_order import WORK_ORDERS
from services.routing.views.work_order import ORDERS, order_list, work_list
from tests.refusals import said
from tests.routing.district import DEPARTMENT, GRID_3, OTHER_SECTION, SECTION
from tests.routing.world import ATTENDANT, DEPARTMENT_HEAD, DESK_OFFICER, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

BOTH = Caller(
    person="person_b", roles=frozenset({"attendant", "handler"}), post=DEPARTMENT, unit="unit_dept", area="d1-s1"
)
POST_ONLY = Caller(person="person_p", roles=frozenset({"handler"}), post=SECTION)
FILTERS: list[dict[str, Any]] = [
    {},
    {"state": OrderState.DISPATCHED},
    {"lead_post": SECTION},
    {"lead_unit": "unit_s1"},
    {"area": "d1-s1"},
    {"state": OrderState.DISPATCHED, "lead_unit": "unit_s1", "area": "d1-s1"},
]
LIST = """
query($filter: WorkOrderFilter, $first: Int!, $after: String) {
  workOrders(filter: $filter, first: $first, after: $after) {
    nodes { report { id } } edges { cursor } pageInfo { hasNextPage endCursor }
  }
}
"""


async def _some(world: World) -> None:
    for number in range(6):
        world.pass_time(minutes=1)
        place: dict[str, Any] = {"area_id": GRID_3[-1], "area_path": list(GRID_3)} if number % 2 else {}
        await world.triage(f"report_{number}", **place)
    await world.done("acceptOrder", SECTION_HEAD, workOrderId=(await world.order("report_4")).id)


@pytest.mark.parametrize(
    ("caller", "given", "found"),
    [
        (DESK_OFFICER, {}, [5, 4, 3, 2, 1, 0]),
        (DESK_OFFICER, {"state": "ACCEPTED"}, [4]),
        (DESK_OFFICER, {"area": "d1-s2"}, [5, 3, 1]),
        (DESK_OFFICER, {"leadPost": SECTION, "state": "DISPATCHED"}, [2, 0]),
        (DESK_OFFICER, {"leadUnit": "unit_s2"}, [5, 3, 1]),
        (STREET_2_CENTRE, {}, [5, 3, 1]),
        (STREET_2_CENTRE, {"area": "d1-s1"}, []),
        (SECTION_HEAD, {}, [4, 2, 0]),
        (SECTION_HEAD, {"leadUnit": "unit_s2"}, []),
        (POST_ONLY, {}, [4, 2, 0]),
        (ATTENDANT, {}, [4, 2, 0]),
        (BOTH, {}, [4, 2, 0]),
        (DEPARTMENT_HEAD, {}, []),
        (RESIDENT, {}, [5, 4, 3, 2, 1, 0]),
    ],
)
async def test_a_list_holds_what_was_asked_for_and_may_be_seen(
    world: World, caller: Caller, given: dict[str, Any], found: list[int]
) -> None:
    await _some(world)

    listed: list[str] = []
    after = None
    while True:
        answer = (await world.ask(LIST, caller, filter=given, first=2, after=after))["workOrders"]
        listed += [node["report"]["id"] for node in answer["nodes"]]
        if not answer["pageInfo"]["hasNextPage"]:
            break
        after = answer["pageInfo"]["endCursor"]

    assert listed == [f"report_{number}" for number in found]


async def test_a_page_is_one_to_a_hundred_and_a_cursor_is_ours(world: World) -> None:
    for given in ({"first": 0}, {"first": 101}, {"first": 1, "after": "nonsense"}):
        _, errors = await world.ask_raw(LIST, DESK_OFFICER, **given)
        assert [said(error["extensions"]) for error in errors] == ["INVALID_INPUT"]


def _stages(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        if "stage" in plan:
            yield plan["stage"]
        for value in plan.values():
            yield from _stages(value)
    elif isinstance(plan, list):
        for value in plan:
            yield from _stages(value)


class _Recorder:
    """Stands before the database and explains the query that `page` makes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plans: list[Document] = []

    def __getitem__(self, name: str) -> Any:
        recorder = self

        class Cursor:
            def __init__(self, query: Document) -> None:
                self.query = query

            def sort(self, keys: list[tuple[str, int]]) -> "Cursor":
                self.keys = keys
                return self

            def limit(self, number: int) -> "Cursor":
                self.number = number
                return self

            async def to_list(self, _: int) -> list[Document]:
                find = {"find": name, "filter": self.query, "sort": dict(self.keys), "limit": self.number}
                command = {"explain": find, "verbosity": "queryPlanner"}
                answer = await recorder.world.mongo.database.command(command)
                recorder.plans.append(answer["queryPlanner"]["winningPlan"])
                cursor = recorder.world.mongo[name].find(self.query).sort(self.keys).limit(self.number)
                return await cursor.to_list(None)

        class Collection:
            def find(self, query: Document) -> Cursor:
                return Cursor(query)

        return Collection()


async def test_every_list_is_answered_by_an_index_in_its_order(world: World) -> None:
    """INVARIANT: no collection is scanned and nothing is sorted in memory, on the first page and on the next."""
    await _some(world)
    callers = (DESK_OFFICER, STREET_2_CENTRE, SECTION_HEAD, POST_ONLY, ATTENDANT, BOTH, RESIDENT)
    lists = [(order_list(caller, **asked), "received_at", True) for caller, asked in product(callers, FILTERS)]
    lists.append((work_list(SECTION), "due_at", False))

    for where, order_by, descending in lists:
        recorder: Any = _Recorder(world)
        after = None
        for _ in range(2):
            answer = await page(
                *(recorder, ORDERS, where, WORK_ORDERS.from_document),
                first=1,
                after=after,
                order_by=order_by,
                descending=descending,
            )
            after = answer.page_info.end_cursor or connection._cursor(world.now, "order_x")
        for plan in recorder.plans:
            stages = set(_stages(plan))
            assert "IXSCAN" in stages, (where, plan)
            assert not stages & {"COLLSCAN", "SORT"}, (where, plan)


async def test_reads_by_report_and_the_timer_have_an_index(world: World) -> None:
    await _some(world)

    for name, query in (
        ("work_orders", {"report_id": {"$in": ["report_1"]}}),
        ("work_orders", {"report_id": "report_1", "open": True}),
        ("decisions", {"report.report_id": {"$in": ["report_1"]}}),
        ("work_orders", {"next_step_at": {"$lte": world.now}}),
        ("work_orders", {"lead_post": OTHER_SECTION, "open": True, "due_at": {"$gt": world.now}}),
    ):
        command = {"explain": {"find": name, "filter": query}, "verbosity": "queryPlanner"}
        plan = (await world.mongo.database.command(command))["queryPlanner"]["winningPlan"]
        assert "IXSCAN" in set(_stages(plan)), (query, plan)

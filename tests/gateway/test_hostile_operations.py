"""Operations made to be expensive: they are answered, or refused with a reason, and others are served meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from services.gateway import pipeline
from services.gateway.errors import PlanningFailed, RequestRefused
from services.gateway.executor.fetch import CompiledPlan
from services.gateway.planner import plan
from services.gateway.planner.choose import Costs, choose
from services.gateway.planner.graph import Graph
from services.gateway.planner.path import ENTER, Path
from services.gateway.planner.plan import plan_operation
from services.gateway.planner.query_plan import QueryPlan
from services.gateway.planner.selection import Operation
from services.gateway.planner.walk import Walker
from services.gateway.stages.limits import Limits, check_limits
from services.gateway.stages.normalize import normalize, select_operation
from services.gateway.stages.parse import parse_document
from services.gateway.stages.plan import PreparedOperation, prepare_plan, prepare_projection
from services.gateway.stages.validate import validate_document
from services.gateway.supergraph import Supergraph
from tests.gateway.federation import Federation, Ref, World, federate

SUBGRAPHS = range(10)
LEAVES = tuple(f"f{number}" for number in range(30))
MEMBERS = range(40)


def _leaves_of(subgraph: int) -> str:
    shared = [name for number, name in enumerate(LEAVES) if (number * 7 + subgraph * 3) % 5 < 3]
    return " ".join(f"{name}: Int @shareable" for name in shared)


@pytest.fixture(scope="module")
def fan() -> Supergraph:
    """Ten subgraphs that share every root field, every relation and most leaves of one type."""
    return federate(
        World({}),
        **{
            f"g{number}": f"""type Query {{ root: T @shareable }}
            type T @key(fields: "id") {{ id: ID! {_leaves_of(number)} t: T @shareable u: T @shareable v: [T] @shareable }}"""
            for number in SUBGRAPHS
        },
    ).supergraph


@pytest.fixture(scope="module")
def members() -> Federation:
    """An interface with many members, each with fields in ten subgraphs."""

    def sdl(subgraph: int) -> str:
        types = "\n".join(
            f'type M{number} implements I @key(fields: "id") {{ id: ID! x: I @shareable a{number}_{subgraph}: Int }}'
            for number in MEMBERS
        )
        return f"type Query {{ all: [I] @shareable n{subgraph}: Int }} interface I {{ id: ID! x: I }} {types}"

    return federate(World({"all": [], "n1": 7}), **{f"g{number}": sdl(number) for number in SUBGRAPHS})


def _every_member_below_every_other(width: int) -> str:
    """Each member's fields of two subgraphs, below each of the first members."""
    parts = []
    for outer in range(width):
        inner = " ".join(f"... on M{number} {{ a{number}_3 a{number}_{outer % 10} }}" for number in MEMBERS)
        parts.append(f"... on M{outer} {{ x {{ x {{ {inner} }} }} }}")
    return f"{{ all {{ {' '.join(parts)} }} }}"


def _planned(supergraph: Supergraph, text: str, seconds: float = 60.0) -> QueryPlan:
    limits = Limits()
    document = parse_document(text, max_tokens=limits.max_tokens)
    check_limits(document, limits)
    validate_document(supergraph.schema, document)
    operation = normalize(supergraph, select_operation(document, None), {}, max_selections=limits.max_selections)
    return plan_operation(Graph(supergraph), operation, seconds=seconds)


def _nested(depth: int, fields: tuple[str, ...]) -> str:
    inner = "".join(f" {name} {{ {_nested(depth - 1, fields)} }}" for name in fields) if depth else ""
    return " ".join(LEAVES) + inner


@pytest.mark.parametrize(
    "text",
    [
        f"{{ root {{ {_nested(0, ())} }} }}",
        f"{{ root {{ {_nested(2, ('t', 'u', 'v'))} }} }}",
        f"{{ root {{ {_nested(27, ('t',))} }} }}",
    ],
    ids=["wide", "wide and nested", "deep"],
)
def test_fans_of_shared_fields_are_planned_with_few_fetches(fan: Supergraph, text: str) -> None:
    # Each subgraph answers three fifths of the leaves, so two of them answer everything, wherever it is nested.
    assert len(list(_planned(fan, text).fetches)) == 2


def _multiplying(levels: int) -> str:
    """Every fragment spreads the next twice."""
    fragments = [
        f"fragment F{level} on T {{ f0 f1 t {{ ...F{level + 1} }} u {{ ...F{level + 1} }} }}" for level in range(levels)
    ]
    return " ".join(["{ root { ...F0 } }", *fragments, f"fragment F{levels} on T {{ f2 f3 }}"])


def test_fragments_that_multiply_within_the_limit_are_planned(fan: Supergraph) -> None:
    # More choices than Python has stack for.
    assert 1 <= len(list(_planned(fan, _multiplying(9)).fetches)) <= 3


def test_fragments_that_multiply_beyond_the_limit_are_refused_unexpanded(fan: Supergraph) -> None:
    with pytest.raises(RequestRefused) as refused:
        _planned(fan, _multiplying(25))
    assert refused.value.code == "OPERATION_LIMIT_EXCEEDED"


def test_nesting_beyond_the_limit_is_refused(fan: Supergraph) -> None:
    with pytest.raises(RequestRefused) as refused:
        _planned(fan, f"{{ root {{ {_nested(40, ('t',))} }} }}")
    assert refused.value.code == "OPERATION_LIMIT_EXCEEDED"


def test_planning_ends_at_its_deadline(members: Federation) -> None:
    with pytest.raises(PlanningFailed, match="took too long"):
        _planned(members.supergraph, _every_member_below_every_other(12), seconds=0.05)


def test_choosing_ends_at_the_deadline_too() -> None:
    paths = [Path(index, None, ENTER, "Query", "g", hop=True) for index in range(4)]
    groups = [paths[:2], paths[2:]]
    assert len(choose(groups, Costs())) == 2
    with pytest.raises(PlanningFailed, match="took too long"):
        choose(groups, Costs(deadline=time.monotonic() - 1))


@pytest.mark.parametrize(
    ("owner", "stage"), [(Walker, "walk"), (plan, "optimize"), (plan, "fold_members")], ids=["walk", "optimize", "fold"]
)
def test_what_follows_each_stage_of_planning_keeps_to_the_deadline(
    members: Federation, monkeypatch: pytest.MonkeyPatch, owner: object, stage: str
) -> None:
    passed: list[str] = []
    run = getattr(owner, stage)

    def last(*values: object) -> object:
        result = run(*values)
        passed.append(stage)
        return result

    def keep_to_deadline(costs: Costs) -> None:
        if passed:
            raise PlanningFailed("Planning took too long.")

    monkeypatch.setattr(owner, stage, last)
    monkeypatch.setattr(Costs, "keep_to_deadline", keep_to_deadline)

    with pytest.raises(PlanningFailed, match="took too long"):
        _planned(members.supergraph, _every_member_below_every_other(1))
    assert passed == [stage]


async def test_others_are_served_while_one_is_planned(members: Federation, monkeypatch: pytest.MonkeyPatch) -> None:
    # However busy the machine is, the short one is planned at once.
    monkeypatch.setattr(pipeline, "QUICK_SECONDS", 60.0)
    members.serve(planning_seconds=60.0)
    begun, answered = threading.Event(), threading.Event()

    def held(graph: Graph, operation: Operation, seconds: float) -> CompiledPlan:
        """Planning in the planning thread does not end before another operation is answered."""
        if threading.current_thread().name.startswith("planning"):
            begun.set()
            answered.wait(60)
            raise PlanningFailed("Planning took too long.")
        return prepare_plan(graph, operation, seconds)

    monkeypatch.setattr(pipeline, "prepare_plan", held)

    async def hostile() -> None:
        with pytest.raises(RequestRefused) as refused:
            await members.ask(_every_member_below_every_other(2))
        assert refused.value.code == "QUERY_PLAN_BUILD_FAILED"

    task = asyncio.create_task(hostile())
    try:
        assert await asyncio.to_thread(begun.wait, 60)
        # It is new, and does not wait for the planning thread.
        assert await members.ask("{ a: n1 }") == {"data": {"a": 7}}
        assert not task.done()
    finally:
        answered.set()
    await task


@pytest.mark.parametrize(("name", "value"), [("QUICK_SELECTIONS", 0), ("QUICK_SECONDS", -1.0)])
async def test_a_short_operation_that_takes_long_is_handed_on(
    members: Federation, monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    """INVARIANT: what holds the event loop is bounded by the work, not only by the length of the text."""
    threads: list[str] = []

    def noting(*values: object, **options: object) -> PreparedOperation:
        threads.append(threading.current_thread().name)
        return prepare_projection(*values, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, name, value)
    monkeypatch.setattr(pipeline, "prepare_projection", noting)
    members.serve()

    answer = await members.ask("{ n1 }")

    assert answer == {"data": {"n1": 7}}
    assert [thread.partition("_")[0] for thread in threads] == ["planning"]


async def test_entities_below_more_lists_than_python_nests_are_found() -> None:
    world = World({"root": [Ref("T", "1")]})
    world.add("T", "1", items=[Ref("T", "1")], name="one")
    federation = federate(
        world,
        a='type Query { root: [T] } type T @key(fields: "id") { id: ID! items: [T] }',
        b='type T @key(fields: "id") { id: ID! name: String }',
    )
    text = "{ root { " + "items { " * 25 + "name" + " }" * 27

    assert await federation.ask(text) == federation.monolith(text)

"""Every list, loader and timer of directives, supervisions and meetings is answered by an index."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.routing.model.directive.directive import DirectiveKind, DirectiveState
from services.routing.model.directive.meeting import MeetingKind, MeetingState
from services.routing.model.directive.supervision import SupervisionLevel, SupervisionState
from services.routing.views.directive import directive_list, supervision_list
from services.routing.views.meeting import meeting_list, series_list
from tests.routing.directive_world import Desk
from tests.routing.district import COMMITTEE, SECTION
from tests.routing.meeting_world import Room
from tests.routing.world import ATTENDANT, DESK_OFFICER, RESIDENT, SECTION_HEAD, STREET_2_CENTRE, World

CALLERS = (DESK_OFFICER, STREET_2_CENTRE, SECTION_HEAD, ATTENDANT, RESIDENT)


def _lists(caller: Caller) -> Iterator[tuple[str, Document, str]]:
    for area, unit in product((None, "d1-s1"), (None, "unit_s1")):
        for kind, state in ((None, None), (DirectiveKind.KEY_TASK, DirectiveState.ISSUED)):
            where = directive_list(
                caller,
                kind=kind,
                state=state,
                area=area,
                unit=unit,
                overdue=False if kind else None,
                project=False if kind else None,
            )
            yield "directives", where, "drafted_at"
        for level, answered in ((None, None), (SupervisionLevel.REMIND, SupervisionState.OPEN)):
            yield (
                "supervisions",
                supervision_list(caller, state=answered, level=level, area=area, unit=unit),
                "opened_at",
            )
    for area in (None, "d1-s1"):
        for sort, held in ((None, None), (MeetingKind.DAILY_LIST, MeetingState.HELD)):
            where = meeting_list(caller, kind=sort, state=held, area=area, series=sort and "series_1")
            yield "meetings", where, "convened_at"
            yield "meeting_series", series_list(caller, kind=sort, area=area), "defined_at"


def _stages(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        if "stage" in plan:
            yield plan["stage"]
        for value in plan.values():
            yield from _stages(value)
    elif isinstance(plan, list):
        for value in plan:
            yield from _stages(value)


async def _plan(world: World, name: str, where: Document, sort: Document | None = None) -> set[str]:
    find = {"find": name, "filter": where, **({"sort": sort, "limit": 2} if sort else {})}
    answer = await world.mongo.database.command({"explain": find, "verbosity": "queryPlanner"})
    return set(_stages(answer["queryPlanner"]["winningPlan"]))


async def _some(world: World) -> None:
    desk, room = Desk(world), Room(world)
    await desk.issued_task(SECTION)
    task = await desk.issued_task(SECTION, COMMITTEE)
    given: dict[str, Any] = {"subjectKind": "DIRECTIVE", "subjectId": task["id"], "level": "REMIND", "reason": "催"}
    await desk.done("openSupervision", **given, postId=SECTION)
    await room.done("defineMeetingSeries", series=room.daily())
    world.pass_time(days=1)
    await room.let_clock_act()


async def test_every_list_is_answered_by_an_index_in_its_order(world: World) -> None:
    """INVARIANT: no collection is scanned and nothing is sorted in memory."""
    await _some(world)

    for caller in CALLERS:
        for name, where, order_by in _lists(caller):
            stages = await _plan(world, name, where, {order_by: -1, "_id": -1})
            assert stages & {"IXSCAN", "EOF", "IDHACK"}, (name, where, stages)
            if "_id" not in where:  # who sees nothing asks for no document at all
                assert not stages & {"COLLSCAN", "SORT"}, (name, where, stages)


async def test_loaders_timers_and_what_a_meeting_lists_have_an_index(world: World) -> None:
    await _some(world)

    due = {"$lte": world.now}
    for name, where in (
        ("supervisions", {"$or": [{"subject.id": {"$in": ["x"]}}, {"subject.parent_id": {"$in": ["x"]}}]}),
        ("meetings", {"$or": [{"order_id": {"$in": ["x"]}}, {"decisions.work_order_id": {"$in": ["x"]}}]}),
        ("directives", {"parts.id": "x"}),
        ("directives", {"next_step_at": due}),
        ("supervisions", {"next_step_at": due}),
        ("meeting_series", {"next_step_at": due}),
        ("work_orders", {"area_path": "d1", "due_at": due, "open": True}),
        ("directives", {"area_path": "d1", "open": True, "due_at": due, "issued_at": {"$ne": None}}),
        ("supervisions", {"subject.area_path": "d1", "open": True, "answer_due_at": due}),
    ):
        stages = await _plan(world, name, where)
        assert "IXSCAN" in stages, (name, where, stages)
        assert "COLLSCAN" not in stages, (name, where, stages)

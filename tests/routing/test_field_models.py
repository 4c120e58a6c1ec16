"""The state tables of field work: whatever the order of the commands, nothing undefined is reached and nothing is closed too early."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor
from services.routing.model.field import campaign as campaigns
from services.routing.model.field import hazard as hazards
from services.routing.model.field import inspection as inspections
from services.routing.model.field.campaign import Campaign, CampaignKind, CampaignPlan, ChecklistItem, Target, VisitMode
from services.routing.model.field.hazard import Finding, Hazard, HazardState, Severity
from services.routing.model.field.inspection import (
    ENDED,
    Answer,
    InspectionTask,
    TaskState,
    VisitOutcome,
    VisitRecord,
)
from services.routing.model.order.evidence import Evidence, EvidenceKind

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
UNIT = Actor(person="person_1", post="post_1", unit="unit_1")
OTHER = Actor(person="person_2", post="post_2", unit="unit_2")
PHOTO = (Evidence(kind=EvidenceKind.PHOTO, ref="x"),)
PATH = ("d1", "g1")


def _campaign() -> Campaign:
    plan = CampaignPlan(
        name="整治",
        kind=CampaignKind.INSPECTION,
        area_id="d1",
        area_path=("d1",),
        unit="unit_1",
        due_at=NOW + timedelta(days=1),
        checklist=(ChecklistItem(code="a", text="甲"),),
    )
    return Campaign.plan(plan, NOW)[0]


def _target() -> Target:
    return Target(label="甲", area_id="g1", area_path=PATH, grid_id="g1", post="post_1", unit="unit_1")


def _hazard() -> Hazard:
    finding = Finding(
        description="甲",
        severity=Severity.MAJOR,
        unit="unit_1",
        due_at=NOW + timedelta(days=1),
        area_id="g1",
        area_path=PATH,
    )
    return Hazard.find(finding, NOW, OTHER)[0]


def _visit(outcome: VisitOutcome, met: bool = True) -> VisitRecord:
    answers = (Answer(item="a", met=met),)
    return VisitRecord(at=NOW, by=UNIT, mode=VisitMode.SOLO, outcome=outcome, answers=answers)


HAZARD_COMMANDS: dict[str, Any] = {
    "start": lambda hazard, by, at: hazard.start(),
    "hand_over": lambda hazard, by, at: hazard.hand_over("理由", "order_1", "unit_3"),
    "rectify": lambda hazard, by, at: hazard.rectify("好了", PHOTO, at, by),
    "recheck_fails": lambda hazard, by, at: hazard.recheck(passed=False, note="没好", evidence=(), now=at, by=by),
    "recheck_passes": lambda hazard, by, at: hazard.recheck(passed=True, note="", evidence=(), now=at, by=by),
    "close": lambda hazard, by, at: hazard.close(at),
}


def test_every_hazard_command_of_the_table_is_tried() -> None:
    assert set(HAZARD_COMMANDS) == set(hazards.TRANSITIONS)


@given(st.lists(st.tuples(st.sampled_from(sorted(HAZARD_COMMANDS)), st.sampled_from([UNIT, OTHER])), max_size=25))
def test_a_hazard_is_closed_only_after_somebody_else_has_seen_it_done(steps: list[tuple[str, Actor]]) -> None:
    hazard, now = _hazard(), NOW
    for name, by in steps:
        now += timedelta(hours=1)
        before = hazard.state
        allowed_from, leads_to = hazards.TRANSITIONS[name]  # type: ignore[index]  # the names of the table, as texts
        try:
            HAZARD_COMMANDS[name](hazard, by, now)
        except Refusal:
            assert hazard.state is before
            continue
        assert before in allowed_from
        assert hazard.state is leads_to
        assert hazard.open == (hazard.state is not HazardState.CLOSED)
        waits = hazard.state not in (HazardState.RECHECKED, HazardState.CLOSED)
        assert (hazard.due_at is not None) == waits == (hazard.next_step_at is not None)
    if hazard.state in (HazardState.RECHECKED, HazardState.CLOSED):
        assert hazard.rechecks[-1].passed
        assert hazard.rectifications[-1].evidence
        rectified_by = {turn.by.unit for turn in hazard.rectifications}
        assert all(check.by.unit not in rectified_by for check in hazard.rechecks[-1:])


TASK_COMMANDS: dict[str, Any] = {
    "visit": lambda task: task.visit(_visit(VisitOutcome.REACHED), _campaign().checklist),
    "visit_unmet": lambda task: task.visit(_visit(VisitOutcome.REACHED, met=False), _campaign().checklist),
    "attempt": lambda task: task.visit(_visit(VisitOutcome.NOBODY_THERE), _campaign().checklist),
    "clear": lambda task: task.clear(NOW),
    "find": lambda task: task.find("hazard_1", NOW),
    "settle": lambda task: task.hazard_closed(NOW),
    "drop": lambda task: task.drop("没了", NOW),
}


@given(st.lists(st.sampled_from(sorted(TASK_COMMANDS)), max_size=25))
def test_a_task_never_ends_over_an_open_hazard_nor_clean_over_an_item_not_met(steps: list[str]) -> None:
    task, _ = InspectionTask.assign(_campaign(), _target())
    for name in steps:
        before = task.state
        try:
            TASK_COMMANDS[name](task)
        except Refusal:
            assert task.state is before
            continue
        assert task.state in TaskState
        assert task.open == (task.state not in ENDED)
        assert 0 <= task.open_hazards <= task.hazards
        assert task.open or task.open_hazards == 0
        assert (task.state is TaskState.ASSIGNED) == (task.due_at is not None)
        if task.state is TaskState.CLEAN:
            assert not task.unmet
            assert task.visits
        if before in ENDED:
            raise AssertionError("something happened after the end")


def test_every_act_of_a_task_leads_to_a_state_that_is_reached() -> None:
    assert {to for _, to in inspections.TRANSITIONS.values()} | {TaskState.ASSIGNED} == set(TaskState)
    assert {to for _, to in hazards.TRANSITIONS.values()} | {HazardState.FOUND} == set(HazardState)


@given(st.lists(st.tuples(st.sampled_from(["add", "activate", "review", "close"]), st.integers(0, 2)), max_size=15))
def test_a_campaign_never_ends_over_an_open_task(steps: list[tuple[str, int]]) -> None:
    campaign = _campaign()
    for name, open_tasks in steps:
        before = campaign.state
        try:
            if name == "add":
                campaign.add_targets([_target()])
            elif name == "activate":
                campaign.activate(NOW)
            elif name == "review":
                campaign.conclude("完成", open_tasks, NOW, UNIT)
            else:
                campaign.close(open_tasks, NOW)
        except Refusal:
            assert campaign.state is before
            continue
        assert len({target.key for target in campaign.targets}) == len(campaign.targets)
        if name in ("review", "close"):
            assert open_tasks == 0
        order = list(campaigns.CampaignState)
        assert order.index(campaign.state) - order.index(before) in (0, 1)
        assert campaign.state is campaigns.CampaignState.PLANNED or campaign.targets

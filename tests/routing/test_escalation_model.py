"""A ladder's states and steps, with values only."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.routing.errors.escalation import EscalationStateForbids, LastOwner
from services.routing.events.escalation import EscalationExhausted, EscalationNotified
from services.routing.model.clock.calendar import WORKING
from services.routing.model.ladder.escalation import Escalation
from services.routing.model.ladder.escalation_parts import OPEN, TRANSITIONS, Act, EscalationState, Outcome, Trigger
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.policy import Ladder, LadderStep, StepKind
from services.routing.store.escalation import ESCALATIONS
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, SECTION
from tests.routing.ladder_world import a_subject

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock
BY = Actor(person="person_c", post=COMMITTEE, unit="unit_c1")
DIRECTORY = district.directory()
HOUR = timedelta(hours=1)
LADDER = Ladder(
    id="test",
    name="试验",
    calendar=WORKING,
    acknowledged_for=2 * HOUR,
    steps=(
        LadderStep(kind=StepKind.NOTIFY_POST, wait=timedelta()),
        LadderStep(kind=StepKind.NOTIFY_ROSTER, wait=HOUR),
        LadderStep(kind=StepKind.CLIMB, wait=HOUR, level=PostLevel.STREET),
        LadderStep(kind=StepKind.SUPERVISE, wait=HOUR, supervision=2),
        LadderStep(kind=StepKind.CONVENE, wait=HOUR),
        LadderStep(kind=StepKind.CLIMB, wait=HOUR, level=PostLevel.DISTRICT),
    ),
)


def a_ladder(now: datetime = NOW, *, emergency: bool = False) -> Escalation:
    subject = a_subject(emergency=emergency)
    escalation, _ = Escalation.start(subject, LADDER, DIRECTORY, Trigger.CLOCK_BREACH, "", now)
    return escalation


def everybody(_: str) -> bool:
    return True


def run_to(escalation: Escalation, state: EscalationState) -> None:
    """By the shortest way."""
    if state is EscalationState.ARMED:
        return
    escalation.advance(everybody, NOW)
    if state is EscalationState.ACKNOWLEDGED:
        escalation.acknowledge(COMMITTEE, "正在处理", BY, NOW)
    elif state is EscalationState.EXHAUSTED:
        while escalation.next_step_at:
            escalation.advance(everybody, escalation.next_step_at)
    elif state is EscalationState.SETTLED:
        escalation.settle(NOW)
    elif state is EscalationState.CANCELLED:
        escalation.cancel("已撤回", NOW)
    assert escalation.state is state


COMMANDS: dict[Act, Callable[[Escalation], Sequence[EventData]]] = {
    "acknowledge": lambda one: one.acknowledge(COMMITTEE, "正在处理", BY, NOW),
    "raise": lambda one: one.raise_to(DIRECTORY.posts[DEPARTMENT], BY, "超出街道权限", NOW),
    "settle": lambda one: one.settle(NOW),
    "cancel": lambda one: one.cancel("已撤回", NOW),
}


@pytest.mark.parametrize("state", EscalationState)
@pytest.mark.parametrize("act", COMMANDS)
def test_every_command_in_every_state_leads_where_the_table_says_or_is_refused(
    state: EscalationState, act: Act
) -> None:
    escalation = a_ladder()
    run_to(escalation, state)
    allowed, targets = TRANSITIONS[act]

    if state in allowed:
        assert COMMANDS[act](escalation)
        assert escalation.state in targets
    else:
        before = ESCALATIONS.to_document(escalation)
        with pytest.raises(EscalationStateForbids) as refused:
            COMMANDS[act](escalation)
        assert ESCALATIONS.to_document(escalation) == before
        assert "提级处于" in refused.value.message("zh")


def test_a_ladder_runs_step_by_step_to_the_top_and_owners_only_grow() -> None:
    escalation = a_ladder()
    owners: list[list[str]] = []
    events: Sequence[EventData] = ()
    while escalation.next_step_at:
        events = escalation.advance(everybody, escalation.next_step_at)
        owners.append(list(escalation.owner_posts))

    assert [(row.kind, row.post) for row in escalation.records] == [
        (StepKind.NOTIFY_POST, COMMITTEE),
        (StepKind.NOTIFY_ROSTER, DESK),
        (StepKind.CLIMB, SECTION),
        (StepKind.SUPERVISE, COMMITTEE),
        (StepKind.CONVENE, DESK),
        (StepKind.CLIMB, DESK),
    ]
    assert owners[0] == [COMMITTEE]
    assert owners[2] == [COMMITTEE, SECTION]
    assert owners[-1] == [COMMITTEE, SECTION, DESK]
    assert isinstance(events[-1], EscalationExhausted)
    assert escalation.state is EscalationState.EXHAUSTED


def test_a_post_that_nobody_answers_for_is_skipped_at_once_and_recorded() -> None:
    escalation = a_ladder()

    escalation.advance(lambda post: post not in (COMMITTEE, DESK), NOW)

    assert [(row.step, row.outcome) for row in escalation.records] == [
        (0, Outcome.SKIPPED),
        (1, Outcome.SKIPPED),
        (2, Outcome.DONE),
    ]
    assert {row.at for row in escalation.records} == {NOW}
    assert escalation.next_step_at == NOW + HOUR


def test_a_ladder_with_nobody_on_it_is_on_the_board_at_once() -> None:
    escalation = a_ladder()

    escalation.advance(lambda _: False, NOW)

    assert escalation.state is EscalationState.EXHAUSTED
    assert {row.outcome for row in escalation.records} == {Outcome.SKIPPED}
    assert escalation.owner_posts == [COMMITTEE]


def test_steps_wait_for_working_time_and_resume_by_themselves() -> None:
    evening = NOW + timedelta(hours=11)
    escalation = a_ladder(evening)
    morning = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    assert escalation.next_step_at == morning

    escalation.advance(everybody, morning + timedelta(hours=12))  # the timer was late, and it is evening again
    assert [row.outcome for row in escalation.records] == [Outcome.WAITED]
    assert escalation.next_step_at == morning + timedelta(days=1)

    (notified,) = escalation.advance(everybody, escalation.next_step_at)
    assert isinstance(notified, EscalationNotified)
    assert (notified.step, notified.attempt) == (0, 2)


def test_an_emergency_does_not_wait_for_the_morning() -> None:
    evening = NOW + timedelta(hours=11)

    assert a_ladder(evening, emergency=True).next_step_at == evening


def test_a_late_timer_catches_up_one_step_at_a_time() -> None:
    escalation = a_ladder()

    late = NOW + timedelta(days=1)
    escalation.advance(everybody, late)
    escalation.advance(everybody, late)

    assert [row.step for row in escalation.records] == [0]
    assert escalation.next_step_at == late + HOUR


def test_an_acknowledgement_silences_the_ladder_until_it_runs_out() -> None:
    escalation = a_ladder()
    escalation.advance(everybody, NOW)
    escalation.acknowledge(COMMITTEE, "正在处理", BY, NOW)

    assert escalation.advance(everybody, NOW + HOUR) == []
    assert escalation.advance(everybody, NOW + 2 * HOUR)
    assert escalation.state is EscalationState.RUNNING
    assert escalation.next_step_at == NOW + 2 * HOUR


def test_an_acknowledgement_with_progress_is_believed_for_another_term() -> None:
    escalation = a_ladder()
    escalation.acknowledge(COMMITTEE, "正在处理", BY, NOW)
    escalation.progressed(NOW + HOUR)

    assert escalation.advance(everybody, NOW + 2 * HOUR) == []
    assert escalation.state is EscalationState.ACKNOWLEDGED

    (resumed,) = escalation.advance(everybody, escalation.next_step_at or NOW)
    assert resumed.type.endswith("resumed.v1")


def test_a_rung_handed_down_can_be_climbed_again() -> None:
    escalation = a_ladder()
    while SECTION not in escalation.owner_posts:
        escalation.advance(everybody, escalation.next_step_at or NOW)

    escalation.hand_down(SECTION, "社区可自行解决", BY, NOW + 3 * HOUR)

    assert escalation.owner_posts == [COMMITTEE]
    assert escalation.state is EscalationState.RUNNING
    escalation.advance(everybody, escalation.next_step_at or NOW)
    assert escalation.owner_posts == [COMMITTEE, SECTION]
    assert [(row.step, row.attempt) for row in escalation.records][-1] == (2, 2)


def test_somebody_always_keeps_the_duty() -> None:
    escalation = a_ladder()

    with pytest.raises(LastOwner):
        escalation.release(COMMITTEE, "无关", BY, NOW)


def test_no_edit_of_the_policy_changes_a_running_ladder() -> None:
    escalation = a_ladder()
    before = [rung.post for rung in escalation.rungs]
    changed = msgspec.structs.replace(DIRECTORY.policy, ladders=())
    without = dataclasses.replace(DIRECTORY, policy=changed, posts={}, version=2)

    assert without.policy.ladder("test") is None
    assert [rung.post for rung in escalation.rungs] == before
    assert escalation.calendar_version.startswith("working-")
    assert escalation.organisation_version == 1


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["tick", "acknowledge", "raise", "release", "hand_down", "progress", "settle", "cancel"]),
        st.integers(0, 40),
        st.sampled_from([COMMITTEE, SECTION, DEPARTMENT, DESK]),
        st.sets(st.sampled_from([COMMITTEE, SECTION, DEPARTMENT, DESK])),
    ),
    max_size=40,
)


@given(MOVES)
@settings(max_examples=200, deadline=None)
def test_no_sequence_of_events_leaves_the_table_loses_the_owner_or_does_a_step_twice(
    moves: list[tuple[str, int, str, set[str]]],
) -> None:
    """INVARIANT: always an owner, always a next step unless it is over or on the board, each (step, attempt) once."""
    escalation, now = a_ladder(), NOW
    for move, hours, post, absent in moves:
        now += timedelta(hours=hours)
        before = escalation.state
        try:
            match move:
                case "tick":
                    escalation.advance(lambda asked, absent=absent: asked not in absent, now)  # type: ignore[misc]  # bound now
                case "acknowledge":
                    escalation.acknowledge(post, "正在处理", BY, now)
                case "raise":
                    escalation.raise_to(DIRECTORY.posts[post], BY, "超出权限", now)
                case "release":
                    escalation.release(post, "已移交", BY, now)
                case "hand_down":
                    escalation.hand_down(post, "下交", BY, now)
                case "progress":
                    escalation.progressed(now)
                case "settle" if hours < 3:
                    escalation.settle(now)
                case "cancel" if hours < 3:
                    escalation.cancel("撤回", now)
        except Refusal:
            assert escalation.state is before
        assert escalation.open is (escalation.state in OPEN)
        assert escalation.active_owners
        assert escalation.owner_posts == [owner.post for owner in escalation.active_owners]
        resting = escalation.state in (*(set(EscalationState) - OPEN), EscalationState.EXHAUSTED)
        assert (escalation.next_step_at is None) is resting
        done = [(row.step, row.attempt) for row in escalation.records]
        assert len(set(done)) == len(done)
        assert [row.at for row in escalation.records] == sorted(row.at for row in escalation.records)
        if before not in OPEN:
            assert escalation.state is before
    assert ESCALATIONS.from_document(ESCALATIONS.to_document(escalation)) == escalation

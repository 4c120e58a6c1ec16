"""The tables of the three kinds of directive and of supervision, with values only."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.routing.errors.directive import CadenceWrong, DirectiveStateForbids, DueTooEarly
from services.routing.errors.supervision import SupervisionStateForbids
from services.routing.events.directive import DirectiveOverdue
from services.routing.model.directive.directive import ENDED, Brief, Directive, DirectiveState
from services.routing.model.directive.first_agenda import Attendance, FirstAgenda, FollowUpBrief
from services.routing.model.directive.key_task import KeyTask, PartBrief, cadence_of
from services.routing.model.directive.red_line import BreachState, RedLine, Rhythm, period_at
from services.routing.model.directive.supervision import (
    Subject,
    SubjectKind,
    Supervision,
    SupervisionLevel,
    SupervisionState,
)
from services.routing.model.order.evidence import Evidence, EvidenceKind
from services.routing.store.directive import DIRECTIVES
from services.routing.store.supervision import SUPERVISIONS
from tests.routing import district
from tests.routing.district import COMMITTEE, DESK, SECTION

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
POSTS = district.directory().posts
CENTRE = Actor(person="person_c", post=DESK, unit="unit_centre")
SECTION_HEAD = Actor(person="person_s", post=SECTION, unit="unit_s1")
COMMITTEE_HEAD = Actor(person="person_k", post=COMMITTEE, unit="unit_c1")
PHOTO = Evidence(kind=EvidenceKind.PHOTO, ref="https://files.example/1.jpg")
BRIEF = Brief(
    title="城市更新", text="三栋", area_id="d1-s1", area_path=("d1", "d1-s1"), posts=(POSTS[SECTION], POSTS[COMMITTEE])
)
Act = Callable[[Directive, datetime], Sequence[EventData]]


def a_task() -> KeyTask:
    task, _ = KeyTask.draft(
        BRIEF,
        due_at=NOW + timedelta(days=10),
        acknowledge_by=NOW + timedelta(days=1),
        cadence=timedelta(days=2),
        parts=[],
        project=None,
        now=NOW,
        by=CENTRE,
    )
    return task


def an_item() -> FirstAgenda:
    item, _ = FirstAgenda.draft(BRIEF, due_at=NOW + timedelta(days=7), now=NOW, by=CENTRE)
    return item


def a_line() -> RedLine:
    line, _ = RedLine.draft(BRIEF, rhythm=Rhythm.MONTH, now=NOW, by=CENTRE)
    return line


TASK_ACTS: dict[str, Callable[[KeyTask, datetime], Sequence[EventData]]] = {
    "issue": lambda task, now: task.issue(now),
    "acknowledge": lambda task, now: task.acknowledge(now, SECTION_HEAD),
    "acknowledge too": lambda task, now: task.acknowledge(now, COMMITTEE_HEAD),
    "break_down": lambda task, now: task.break_down(
        [PartBrief(title="一", post=SECTION, weight=70), PartBrief(title="二", post=COMMITTEE, weight=30)], now
    ),
    "report": lambda task, now: task.report(task.parts[0].id, 100, "好", [PHOTO], None, now, SECTION_HEAD),
    "report too": lambda task, now: task.report(task.parts[1].id, 100, "好", [PHOTO], None, now, COMMITTEE_HEAD),
    "report half": lambda task, now: task.report(task.parts[0].id, 50, "半", [PHOTO], None, now, SECTION_HEAD),
    "submit": lambda task, now: task.submit("好", [], now, SECTION_HEAD),
    "accept": lambda task, now: task.accept(now, CENTRE),
    "return": lambda task, now: task.give_back("不好", None, now, CENTRE),
    "close": lambda task, now: task.close(now),
    "revoke": lambda task, now: task.revoke("不再需要", now),
    "step": lambda task, now: task.step(now),
}
ITEM_ACTS: dict[str, Callable[[FirstAgenda, datetime], Sequence[EventData]]] = {
    "issue": lambda item, now: item.issue(now),
    "schedule": lambda item, now: item.schedule(now + timedelta(hours=1), "会议室", now),
    "study": lambda item, now: item.study(
        "记录", [Attendance(post=SECTION, present=True), Attendance(post=COMMITTEE, present=False)], now, CENTRE
    ),
    "follow_up": lambda item, now: item.follow_up(
        [FollowUpBrief(text="排查", post=POSTS[SECTION], due_at=now + timedelta(days=1))], None, now
    ),
    "complete": lambda item, now: item.complete(
        item.follow_ups[0].id if item.follow_ups else "", "已办", now, SECTION_HEAD
    ),
    "close": lambda item, now: item.close(now),
    "step": lambda item, now: item.step(now),
}
LINE_ACTS: dict[str, Callable[[RedLine, datetime], Sequence[EventData]]] = {
    "issue": lambda line, now: line.issue(now),
    "amend": lambda line, now: line.amend("新", "统一", now, CENTRE),
    "attest": lambda line, now: line.attest(line.periods[-1].key if line.periods else "", None, now, SECTION_HEAD),
    "report_breach": lambda line, now: line.report_breach(COMMITTEE, "违规", [], now, SECTION_HEAD),
    "verify": lambda line, now: line.verify_breach(
        line.breaches[-1].id if line.breaches else "", True, "属实", now, CENTRE
    ),
    "handle": lambda line, now: line.handle_breach(line.breaches[-1].id if line.breaches else "", "处理", now, CENTRE),
    "lift": lambda line, now: line.lift("不再需要", now),
    "step": lambda line, now: line.step(now),
}


def _sequences(acts: Sequence[str]) -> st.SearchStrategy[list[tuple[str, int]]]:
    """Acts, each with how many hours pass before it."""
    return st.lists(st.tuples(st.sampled_from(acts), st.sampled_from([0, 1, 20, 60, 200])), max_size=40)


def _attempt(directive: Directive, act: Act, now: datetime) -> Sequence[EventData]:
    """What the act says; a refusal must have changed nothing."""
    before = DIRECTIVES.to_document(directive)
    try:
        return act(directive, now)
    except Refusal:
        assert DIRECTIVES.to_document(directive) == before
        return []


def _holds(directive: Directive, state_before: DirectiveState) -> None:
    """What is true of every directive after any act."""
    known = {state for allowed, to in directive.TRANSITIONS.values() for state in (*allowed, to) if state}
    assert directive.state in known
    steps = {to for allowed, to in directive.TRANSITIONS.values() if to and state_before in allowed}
    assert directive.state is state_before or directive.state in steps
    assert directive.open is (directive.state not in ENDED)
    if not directive.open:
        assert directive.next_step_at is None
    assert 0 <= directive.supervised <= 3
    assert DIRECTIVES.from_document(DIRECTIVES.to_document(directive)) == directive


@given(_sequences(sorted(TASK_ACTS)))
@settings(max_examples=150, deadline=None)
def test_no_sequence_of_commands_leads_a_key_task_off_its_table(acts: list[tuple[str, int]]) -> None:
    """INVARIANT: acknowledged only by all; weights sum to 100; handed in only when every part is done."""
    task, now = a_task(), NOW
    for name, hours in acts:
        now += timedelta(hours=hours)
        before = task.state
        _attempt(task, TASK_ACTS[name], now)  # type: ignore[arg-type]  # the acts of its own kind
        _holds(task, before)
        assert sum(part.weight for part in task.parts) == 100
        everybody = all(addressee.acknowledged_at for addressee in task.addressees)
        if task.state not in (DirectiveState.DRAFTED, DirectiveState.ISSUED, DirectiveState.REVOKED):
            assert everybody
        if task.state is DirectiveState.ISSUED:
            assert not everybody
        if task.state in (DirectiveState.SUBMITTED, DirectiveState.ACCEPTED, DirectiveState.CLOSED):
            assert task.progress == 100
        if task.state in (DirectiveState.DRAFTED, DirectiveState.SUBMITTED, DirectiveState.ACCEPTED):
            assert task.next_step_at is None


@given(_sequences(sorted(ITEM_ACTS)))
@settings(max_examples=150, deadline=None)
def test_no_sequence_of_commands_leads_a_first_agenda_item_off_its_table(acts: list[tuple[str, int]]) -> None:
    """INVARIANT: followed up only after a meeting with minutes and attendance; closed only when every follow-up is done."""
    item, now = an_item(), NOW
    for name, hours in acts:
        now += timedelta(hours=hours)
        before = item.state
        _attempt(item, ITEM_ACTS[name], now)  # type: ignore[arg-type]  # the acts of its own kind
        _holds(item, before)
        if item.state in (DirectiveState.STUDIED, DirectiveState.FOLLOWED_UP, DirectiveState.CLOSED):
            assert item.study_record
            assert {row.post for row in item.study_record.attendance} >= {SECTION, COMMITTEE}
        if item.state is DirectiveState.CLOSED:
            assert item.open_follow_ups == 0


@given(_sequences(sorted(LINE_ACTS)))
@settings(max_examples=150, deadline=None)
def test_no_sequence_of_commands_leads_a_red_line_off_its_table(acts: list[tuple[str, int]]) -> None:
    """INVARIANT: periods follow each other without a gap; nobody attests twice; a breach is handled only when it is so."""
    line, now = a_line(), NOW
    for name, hours in acts:
        now += timedelta(hours=hours)
        before = line.state
        _attempt(line, LINE_ACTS[name], now)  # type: ignore[arg-type]  # the acts of its own kind
        _holds(line, before)
        for earlier, later in zip(line.periods, line.periods[1:], strict=False):
            assert later == period_at(earlier.ends_at, Rhythm.MONTH) or later.attestations
        for period in line.periods:
            posts = [attestation.post for attestation in period.attestations]
            assert len(posts) == len(set(posts))
            assert {*posts, *line.missing(period)} == {SECTION, COMMITTEE}
        assert all(breach.finding for breach in line.breaches if breach.state is not BreachState.REPORTED)


def task_in(state: DirectiveState) -> KeyTask:
    """A key task led to a state by its own acts."""
    way = {
        DirectiveState.DRAFTED: "",
        DirectiveState.ISSUED: "issue",
        DirectiveState.ACKNOWLEDGED: "issue,acknowledge,acknowledge too",
        DirectiveState.IN_PROGRESS: "issue,acknowledge,acknowledge too,report,report too",
        DirectiveState.SUBMITTED: "issue,acknowledge,acknowledge too,report,report too,submit",
        DirectiveState.RETURNED: "issue,acknowledge,acknowledge too,report,report too,submit,return",
        DirectiveState.ACCEPTED: "issue,acknowledge,acknowledge too,report,report too,submit,accept",
        DirectiveState.CLOSED: "issue,acknowledge,acknowledge too,report,report too,submit,accept,close",
        DirectiveState.REVOKED: "issue,revoke",
    }[state]
    task = a_task()
    for act in filter(None, way.split(",")):
        TASK_ACTS[act](task, NOW)
    assert task.state is state
    return task


@pytest.mark.parametrize(
    "state",
    sorted({state for allowed, to in KeyTask.TRANSITIONS.values() for state in (*allowed, to) if state}),
)
@pytest.mark.parametrize(
    "act", ["issue", "acknowledge", "break_down", "report", *("submit", "accept", "return"), "close", "revoke"]
)
def test_every_act_on_a_key_task_leads_where_the_table_says_or_is_refused(act: str, state: DirectiveState) -> None:
    task = task_in(state)
    allowed, target = KeyTask.TRANSITIONS[act]

    if state in allowed:
        assert TASK_ACTS[act](task, NOW)
        assert task.state is (target or state)
    else:
        with pytest.raises(DirectiveStateForbids) as refused:
            TASK_ACTS[act](task, NOW)
        assert state.value in refused.value.message("en")
        assert "指令处于" in refused.value.message("zh")


def test_an_overdue_task_climbs_one_level_a_working_day_and_stops_at_three() -> None:
    task = task_in(DirectiveState.ISSUED)
    levels: list[int] = []
    steps: list[datetime] = []
    while task.next_step_at and len(steps) < 50:
        steps.append(task.next_step_at)
        told = task.step(task.next_step_at)
        assert told, "the clock wakes nobody for nothing"
        levels += [event.level for event in told if isinstance(event, DirectiveOverdue) and event.what == "deadline"]

    assert levels == [1, 2, 3]
    assert task.supervised == 3
    assert steps[1:] == [
        datetime(2026, 12, 3, 2, 0, tzinfo=UTC),
        datetime(2026, 12, 4, 2, 0, tzinfo=UTC),
        datetime(2026, 12, 7, 2, 0, tzinfo=UTC),  # over the weekend
    ]


def test_the_step_of_a_clock_taken_twice_announces_once() -> None:
    task = task_in(DirectiveState.ACKNOWLEDGED)
    late = NOW + timedelta(days=10)

    assert {event.what for event in task.step(late) if isinstance(event, DirectiveOverdue)} == {
        *("report", "part", "deadline"),
    }
    assert task.step(late) == []
    assert [part.reports_missed for part in task.parts] == [5, 5]
    assert task.next_step_at
    assert task.next_step_at > late


def test_a_returned_task_with_a_new_deadline_is_supervised_anew() -> None:
    task = task_in(DirectiveState.SUBMITTED)
    task.supervised, task.supervised_at = 3, NOW

    task.give_back("不好", NOW + timedelta(days=30), NOW, CENTRE)

    assert (task.supervised, task.due_at) == (0, NOW + timedelta(days=30))
    with pytest.raises(DueTooEarly):
        task_in(DirectiveState.SUBMITTED).give_back("不好", NOW, NOW, CENTRE)


@pytest.mark.parametrize(("text", "days"), [("P7D", 7), ("P1W", 7), ("PT24H", 1), ("P366D", 366)])
def test_a_cadence_is_an_iso_duration(text: str, days: int) -> None:
    assert cadence_of(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "weekly", "P0D", "PT59M", "P367D", "P1M", "-P7D"])
def test_other_cadences_are_refused(text: str) -> None:
    with pytest.raises(CadenceWrong):
        cadence_of(text)


@pytest.mark.parametrize(
    ("rhythm", "key", "ends_at"),
    [
        (Rhythm.MONTH, "2026-12", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        (Rhythm.QUARTER, "2026-Q4", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        (Rhythm.YEAR, "2026", datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_periods_are_of_the_local_calendar(rhythm: Rhythm, key: str, ends_at: datetime) -> None:
    period = period_at(datetime(2026, 11, 30, 16, tzinfo=UTC), rhythm)

    assert (period.key, period.ends_at) == (key, ends_at)
    assert period_at(ends_at, rhythm).key.startswith("2027")


SUPERVISION_ACTS: dict[str, Callable[[Supervision, datetime], Sequence[EventData]]] = {
    "answer": lambda supervision, now: supervision.answer("已办", now, SECTION_HEAD),
    "settle": lambda supervision, now: supervision.settle("销号", now, CENTRE),
    "step": lambda supervision, now: supervision.step(now),
}


@given(_sequences(sorted(SUPERVISION_ACTS)))
@settings(max_examples=100, deadline=None)
def test_no_sequence_of_commands_leads_a_supervision_off_its_table(acts: list[tuple[str, int]]) -> None:
    """INVARIANT: settled is the end; that no answer came is said at most once, and only of one that had none in time."""
    subject = Subject(kind=SubjectKind.WORK_ORDER, id="order_1", number="261122-1", area_path=("d1",))
    supervision, _ = Supervision.start(
        *(subject, SupervisionLevel.REMIND, POSTS[SECTION], "催办"),
        superiors=(),
        answer_within=timedelta(hours=6, minutes=30),
        by_rule=False,
        now=NOW,
        by=CENTRE,
    )
    now, said = NOW, 0
    for name, hours in acts:
        now += timedelta(hours=hours)
        before = supervision.state
        try:
            told = SUPERVISION_ACTS[name](supervision, now)
        except SupervisionStateForbids:
            assert supervision.state is before
        else:
            said += bool(told) and name == "step"
        assert before is not SupervisionState.SETTLED or supervision.state is before
        assert supervision.open is (supervision.state is not SupervisionState.SETTLED)
        assert said == supervision.unanswered <= 1
        assert SUPERVISIONS.from_document(SUPERVISIONS.to_document(supervision)) == supervision

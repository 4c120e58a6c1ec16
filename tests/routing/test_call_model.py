"""A call's states, rungs and ratings, with values only."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.routing.errors.call import CallNotHigher, CallStateForbids, MarkOutOfRange, RatedAlready
from services.routing.errors.escalation import LastOwner
from services.routing.events.call import CallMade, CallOverdue, CallRated
from services.routing.model.ladder.call import ANSWERS, TRANSITIONS, Act, Aspect, Call, CallState
from services.routing.model.ladder.rating import Rating
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.decision import ReportFacts
from services.routing.model.rules.matter import CallLevel
from services.routing.store.call import CALLS
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, GRID_1, SECTION

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock
RECEIVED = NOW - timedelta(minutes=15)
DIRECTORY = district.directory()
CALLER = Actor(person="person_a", post="post_a", unit="unit_a")
BY = Actor(person="person_c", post=COMMITTEE, unit="unit_c1")


def a_report(level: CallLevel = CallLevel.GRID, category: str = "env") -> ReportFacts:
    return ReportFacts(
        report_id="report_1",
        number="261122-0000-0001",
        category=category,
        category_path=(category,),
        dispute_type=None,
        area_id=GRID_1[-1],
        area_path=GRID_1,
        urgency="routine",
        sensitivity="internal",
        received_at=RECEIVED,
        call_level=level,
    )


def a_call(level: CallLevel = CallLevel.GRID, category: str = "env") -> tuple[Call, Sequence[EventData]]:
    made = Call.make(a_report(level, category), level, CALLER, DIRECTORY, NOW)
    assert made
    return made


def a_rating(mark: int = 4) -> Rating:
    return Rating.give(mark, "响应及时", CALLER, NOW)


@pytest.mark.parametrize(
    ("level", "category", "post"),
    [
        (CallLevel.GRID, "env", COMMITTEE),
        (CallLevel.COMMUNITY, "env", SECTION),
        (CallLevel.STREET, "gas", DEPARTMENT),
        (CallLevel.STREET, "noise", DESK),
        (CallLevel.ELEVATED, "env", DESK),
    ],
)
def test_a_call_is_answered_one_level_up_and_the_clock_runs_from_the_receipt(
    level: CallLevel, category: str, post: str
) -> None:
    """A street's call in a matter no department is competent for goes to the centre above it."""
    call, (made,) = a_call(level, category)

    assert isinstance(made, CallMade)
    assert (made.respondent_post, call.owing_posts) == (post, [post])
    clock = call.rungs[0].clock
    assert clock
    assert clock.started_at == RECEIVED
    assert call.due_at == clock.due_at


def test_every_level_of_call_has_its_answer() -> None:
    assert set(ANSWERS) == set(CallLevel) - {CallLevel.PUBLIC}


def test_a_level_without_a_post_is_passed_over_upwards() -> None:
    values = district.raw()
    values["posts"] = [post for post in values["posts"] if post["id"] != COMMITTEE]
    made = Call.make(a_report(), CallLevel.GRID, CALLER, district.directory(values), NOW)

    assert made
    assert made[0].owing_posts == [SECTION]


def test_nobody_is_called_to_answer_oneself() -> None:
    report = a_report()

    desk = Actor(person="person_d", post=DESK, unit="unit_centre")
    assert Call.make(report, CallLevel.ELEVATED, desk, DIRECTORY, NOW) is None
    head = Actor(person="person_c", post=COMMITTEE, unit="unit_c1")
    made = Call.make(report, CallLevel.GRID, head, DIRECTORY, NOW)
    assert made
    assert made[0].owing_posts == [SECTION]


def _raised(call: Call) -> Sequence[EventData]:
    post = SECTION if SECTION not in call.called_posts else DESK
    return call.raise_to(DIRECTORY.posts[post], DIRECTORY.policy, "社区无权处理", CALLER, NOW)


COMMANDS: dict[Act, Callable[[Call], Sequence[EventData]]] = {
    "answer": lambda call: call.answer(COMMITTEE, "马上到场", BY, NOW),
    "raise": _raised,
    "close": lambda call: call.close(NOW),
    "reopen": lambda call: call.reopen(),
    "withdraw": lambda call: call.withdraw(NOW),
}
WAY_TO: dict[CallState, list[Act]] = {
    CallState.CALLED: [],
    CallState.ANSWERED: ["answer"],
    CallState.CLOSED: ["close"],
    CallState.WITHDRAWN: ["withdraw"],
}


@pytest.mark.parametrize("state", CallState)
@pytest.mark.parametrize("act", COMMANDS)
def test_every_act_in_every_state_leads_where_the_table_says_or_is_refused(state: CallState, act: Act) -> None:
    call, _ = a_call()
    for earlier in WAY_TO[state]:
        COMMANDS[earlier](call)
    allowed, targets = TRANSITIONS[act]
    before = CALLS.to_document(call)

    if state not in allowed:
        with pytest.raises(CallStateForbids) as refused:
            COMMANDS[act](call)
        assert "呼叫处于" in refused.value.message("zh")
        assert CALLS.to_document(call) == before
    elif state is CallState.ANSWERED and act == "answer":
        with pytest.raises(Refusal):
            COMMANDS[act](call)
    else:
        assert COMMANDS[act](call)
        assert call.state in targets


def test_raising_adds_a_rung_and_the_lower_one_keeps_its_duty() -> None:
    call, _ = a_call()

    _raised(call)
    assert call.owing_posts == [COMMITTEE, SECTION]

    call.answer(SECTION, "街道接手", BY, NOW)
    assert call.state is CallState.ANSWERED
    assert call.owing_posts == [COMMITTEE]

    call.release(COMMITTEE, "由街道处理", BY, NOW)
    assert call.owing_posts == []
    assert [rung.post for rung in call.rungs] == [COMMITTEE, SECTION]


def test_a_call_is_only_raised_to_a_higher_level() -> None:
    call, _ = a_call(CallLevel.COMMUNITY)

    with pytest.raises(CallNotHigher):
        call.raise_to(DIRECTORY.posts[COMMITTEE], DIRECTORY.policy, "退回社区", CALLER, NOW)


def test_the_only_one_called_is_not_released() -> None:
    call, _ = a_call()

    with pytest.raises(LastOwner):
        call.release(COMMITTEE, "无关", BY, NOW)


def test_a_clock_warns_and_breaches_once_and_names_its_ladder() -> None:
    call, _ = a_call()
    told: list[EventData] = []
    moment = NOW
    while call.next_step_at:
        moment = call.next_step_at
        told += call.tick(moment)
        told += call.tick(moment)

    assert [event.type.split(".")[3] for event in told] == ["warned", "overdue"]
    (overdue,) = (event for event in told if isinstance(event, CallOverdue))
    assert (overdue.post, overdue.ladder) == (COMMITTEE, "call")
    assert call.owing_posts == [COMMITTEE]
    (late,) = call.answer(COMMITTEE, "来晚了", BY, moment + timedelta(hours=1))
    assert '"inTime":false' in _wire(late)


def _wire(event: EventData) -> str:
    import msgspec

    return msgspec.json.encode(event).decode()


def test_each_rating_is_given_once_and_is_a_mark() -> None:
    call, _ = a_call()
    call.answer(COMMITTEE, "马上到场", BY, NOW)
    call.rate(Aspect.RESPONSE, a_rating(), result_is_there=False)

    with pytest.raises(RatedAlready):
        call.rate(Aspect.RESPONSE, a_rating(1), result_is_there=False)
    for mark in (0, 6):
        with pytest.raises(MarkOutOfRange):
            a_rating(mark)


def test_no_event_carries_a_mark_before_the_call_is_closed() -> None:
    call, _ = a_call()
    call.answer(COMMITTEE, "马上到场", BY, NOW)

    (before,) = call.rate(Aspect.RESPONSE, a_rating(2), result_is_there=True)
    (closed,) = call.close(NOW)
    (after,) = call.rate(Aspect.RESULT, a_rating(5), result_is_there=True)

    assert isinstance(before, CallRated)
    assert isinstance(after, CallRated)
    assert (before.mark, after.mark) == (None, 5)
    assert '"responseMark":2,"resultMark":null' in _wire(closed)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            ["answer", "raise", "climb", "release", "rate", "close", "reopen", "withdraw", "tick", "tick", "tick"]
        ),
        st.integers(0, 20),
        st.sampled_from([COMMITTEE, SECTION, DEPARTMENT, DESK]),
    ),
    max_size=40,
)


@given(MOVES)
@settings(max_examples=200, deadline=None)
def test_no_sequence_of_acts_loses_who_must_answer(moves: list[tuple[str, int, str]]) -> None:
    """INVARIANT: an open call always has somebody with the duty, its lists agree with its rungs, nothing given is taken back."""
    call, _ = a_call()
    now = NOW
    for move, hours, post in moves:
        now += timedelta(hours=hours)
        before, answers = call.state, [rung.answer for rung in call.rungs]
        ratings = (call.response, call.result)
        try:
            match move:
                case "answer":
                    call.answer(post, "已到场", BY, now)
                case "raise" | "climb":
                    there = DIRECTORY.posts[post]
                    call.raise_to(there, DIRECTORY.policy, "提级", BY, now, automatic=move == "climb")
                case "release":
                    call.release(post, "已接手", BY, now)
                case "rate":
                    aspect = Aspect.RESPONSE if hours % 2 else Aspect.RESULT
                    call.rate(aspect, a_rating(), result_is_there=hours > 5)
                case "close":
                    call.close(now)
                case "reopen":
                    call.reopen()
                case "withdraw" if hours > 17:
                    call.withdraw(now)
                case "tick":
                    call.tick(now)
        except Refusal:
            assert call.state is before
        assert call.open is (call.state in (CallState.CALLED, CallState.ANSWERED))
        assert any(rung.released_at is None for rung in call.rungs)
        assert len(set(call.called_posts)) == len(call.rungs)
        assert [rung.level for rung in call.rungs] == sorted(
            (rung.level for rung in call.rungs), key=list(PostLevel).index
        ) or any(rung.released_at for rung in call.rungs)
        assert call.owing_posts == [rung.post for rung in call.rungs if rung.owes and call.open]
        assert (call.state is CallState.CALLED) is (call.open and call.top.owes)
        assert call.next_step_at is None or call.open
        assert [rung.answer for rung in call.rungs][: len(answers)] == answers or move == "answer"
        assert all(was is None or was is now_ for was, now_ in zip(ratings, (call.response, call.result), strict=True))
    assert CALLS.from_document(CALLS.to_document(call)) == call

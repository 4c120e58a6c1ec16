"""Working time and clocks: holidays, make-up workdays, pauses; whatever is done to a clock, its times add up."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.routing.model.clock.calendar import ALWAYS, LOCAL, OFFICE_HOURS, Calendar, Period
from services.routing.model.clock.clocks import Clock, ClockKind, Target, Tick

H = timedelta(hours=1)
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=690)).map(lambda since: _FIRST + since)
spans = st.timedeltas(timedelta(seconds=1), timedelta(hours=120))
calendars = st.sampled_from([ALWAYS, OFFICE_HOURS])


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL)  # type: ignore[misc,arg-type]  # year, month, day and time


def target(hours: float, warn: float | None = None, calendar: Calendar = OFFICE_HOURS) -> Target:
    before = None if warn is None else warn * H
    return Target(within=hours * H, warn_before=before, calendar=calendar.id, pausable=True)


def test_a_deadline_skips_the_national_holiday() -> None:
    assert OFFICE_HOURS.add(local(2026, 9, 30, 17), H) == local(2026, 10, 8, 9)


def test_a_make_up_workday_counts_though_it_is_a_saturday() -> None:
    saturday = date(2026, 2, 14)  # worked in exchange for the Spring Festival
    assert saturday.weekday() == 5
    assert OFFICE_HOURS.is_working_day(saturday)
    assert OFFICE_HOURS.add(local(2026, 2, 13, 17), H) == local(2026, 2, 14, 9)


def test_a_place_closes_and_opens_days_of_its_own_and_that_is_another_version() -> None:
    monday, sunday = date(2026, 11, 23), date(2026, 11, 22)
    own = Calendar(id="working", periods=OFFICE_HOURS.periods, closed=frozenset({monday}), opened=frozenset({sunday}))
    assert (own.is_working_day(monday), own.is_working_day(sunday)) == (False, True)
    assert own.version != OFFICE_HOURS.version
    assert "chinesecalendar-" in own.version


def test_a_year_that_is_not_announced_counts_monday_to_friday() -> None:
    assert OFFICE_HOURS.is_working_day(date(2031, 10, 1))
    assert not OFFICE_HOURS.is_working_day(date(2031, 10, 4))


def test_emergencies_run_through_the_night() -> None:
    start = local(2026, 10, 3, 23)
    assert ALWAYS.add(start, H) == start + H
    assert ALWAYS.runs_at(start)
    assert not OFFICE_HOURS.runs_at(start)


@given(calendars, moments, spans)
def test_adding_and_measuring_are_inverse(calendar: Calendar, start: datetime, amount: timedelta) -> None:
    end = calendar.add(start, amount)
    assert calendar.between(start, end) == amount
    assert calendar.between(start, end - timedelta(seconds=1)) < amount


@given(moments, moments, moments)
def test_time_is_additive(a: datetime, b: datetime, c: datetime) -> None:
    first, middle, last = sorted((a, b, c))
    parts = OFFICE_HOURS.between(first, middle) + OFFICE_HOURS.between(middle, last)
    assert parts == OFFICE_HOURS.between(first, last)


def test_a_clock_warns_once_then_breaches_once() -> None:
    clock = Clock.start(ClockKind.RESOLVE, target(6, warn=1), OFFICE_HOURS, local(2026, 11, 23, 8, 30))
    assert clock.next_at == clock.warn_at == local(2026, 11, 23, 16)
    assert clock.tick(local(2026, 11, 23, 15)) == []
    assert clock.tick(local(2026, 11, 23, 16)) == [Tick.WARNED]
    assert clock.tick(local(2026, 11, 23, 16)) == []
    assert clock.next_at == clock.due_at == local(2026, 11, 23, 17)
    assert clock.tick(local(2026, 11, 24, 9)) == [Tick.BREACHED]
    assert clock.tick(local(2026, 11, 24, 9)) == []
    assert clock.next_at is None


def test_what_is_done_late_is_a_breach_even_if_no_timer_ran() -> None:
    clock = Clock.start(ClockKind.ACCEPT, target(1), OFFICE_HOURS, local(2026, 11, 23, 9))
    clock.stop(local(2026, 11, 23, 11))
    assert clock.kept is False


def test_what_is_overdue_is_not_forgiven_by_a_pause() -> None:
    clock = Clock.start(ClockKind.RESOLVE, target(1), OFFICE_HOURS, local(2026, 11, 23, 9))
    clock.pause("等", OFFICE_HOURS, local(2026, 11, 23, 11))
    assert clock.tick(local(2026, 11, 23, 11)) == [Tick.BREACHED]


def test_a_paused_clock_neither_warns_nor_breaches_and_goes_on_with_what_was_left() -> None:
    clock = Clock.start(ClockKind.RESOLVE, target(2), OFFICE_HOURS, local(2026, 11, 23, 9))
    clock.pause("供电公司", OFFICE_HOURS, local(2026, 11, 23, 10))
    assert clock.next_at is None
    assert clock.tick(local(2026, 11, 25, 10)) == []
    clock.resume(OFFICE_HOURS, local(2026, 11, 25, 10))
    assert clock.next_at == clock.due_at == local(2026, 11, 25, 11)
    clock.stop(local(2026, 11, 25, 11))
    assert clock.breached_at is None


def test_a_clock_that_may_not_be_paused_runs_on() -> None:
    accept = Target(within=H, calendar=ALWAYS.id)
    clock = Clock.start(ClockKind.ACCEPT, accept, ALWAYS, local(2026, 11, 23, 9))
    clock.pause("等", ALWAYS, local(2026, 11, 23, 9))
    assert clock.running


def test_going_over_to_emergency_keeps_what_is_used_up() -> None:
    clock = Clock.start(ClockKind.RESOLVE, target(12), OFFICE_HOURS, local(2026, 11, 23, 8, 30))
    clock.recompute(target(4, calendar=ALWAYS), ALWAYS, local(2026, 11, 23, 10, 30), OFFICE_HOURS)
    assert clock.due_at == local(2026, 11, 23, 12, 30)
    assert clock.calendar_version == "24x7"


commands = st.lists(st.tuples(st.sampled_from(["pause", "resume", "extend", "tick", "stop"]), spans), max_size=12)


@given(calendars, moments, spans, commands)
def test_the_times_of_a_clock_add_up(
    calendar: Calendar, start: datetime, within: timedelta, done: list[tuple[str, timedelta]]
) -> None:
    asked = Target(within=within, warn_before=within / 4, calendar=calendar.id, pausable=True)
    clock, now = Clock.start(ClockKind.RESOLVE, asked, calendar, start), start
    ticks: list[Tick] = []
    for command, after in done:
        now += after
        match command:
            case "pause":
                clock.pause("某单位", calendar, now)
            case "resume":
                clock.resume(calendar, now)
            case "extend":
                clock.extend(H, calendar, now)
            case "tick":
                ticks += clock.tick(now)
            case _:
                clock.stop(now)
    end = clock.stopped_at or now
    assert clock.used(now, calendar) + clock.waited(now, calendar) == calendar.between(start, end)
    assert clock.used(now, calendar) >= timedelta()
    assert ticks.count(Tick.BREACHED) <= 1
    if clock.running:
        # What is left of the target is what lies between now and the deadline.
        over = calendar.between(clock.due_at, now)
        left = calendar.between(now, clock.due_at)
        assert clock.used(now, calendar) + left - over == within + clock.extended
    if clock.stopped_at or clock.paused:
        assert clock.next_at is None


def test_a_period_is_read_from_a_file() -> None:
    period = OFFICE_HOURS.periods[0]
    assert isinstance(period, Period)
    assert str(period.opens) == "08:30:00"

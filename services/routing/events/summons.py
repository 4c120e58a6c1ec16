"""Events of summonses. Posts, times and states; never a text, and no mark before the end."""

from datetime import datetime

from services.chassis.events import EventData


class SummonsCalled(EventData, frozen=True, kw_only=True):
    """Several posts are whistled to a place."""

    type = "huying.routing.summons.called.v1"
    summons_id: str
    number: str
    reason: str
    caller_post: str | None
    caller_unit: str | None
    posts: list[str]
    area_path: list[str]
    sensitivity: str
    report_id: str | None


class SummonsExtended(EventData, frozen=True, kw_only=True):
    """More posts are whistled."""

    type = "huying.routing.summons.extended.v1"
    summons_id: str
    posts: list[str]


class SummonsCheckedIn(EventData, frozen=True, kw_only=True):
    """A post has checked in on the spot; `distance_m` from the place, None when that has no point."""

    type = "huying.routing.summons.checked_in.v1"
    summons_id: str
    post: str
    unit: str
    in_time: bool
    accuracy_m: float
    distance_m: float | None


class SummonsWarned(EventData, frozen=True, kw_only=True):
    """The time to check in is nearly over."""

    type = "huying.routing.summons.warned.v1"
    summons_id: str
    post: str
    unit: str
    due_at: datetime


class SummonsNoShow(EventData, frozen=True, kw_only=True):
    """A post did not check in in time."""

    type = "huying.routing.summons.no_show.v1"
    summons_id: str
    post: str
    unit: str
    due_at: datetime
    ladder: str | None


class SummonsReleased(EventData, frozen=True, kw_only=True):
    """The caller lets a post go before the end."""

    type = "huying.routing.summons.released.v1"
    summons_id: str
    post: str


class SummonsEvaluated(EventData, frozen=True, kw_only=True):
    """The caller has evaluated a post; `mark` is None until the end."""

    type = "huying.routing.summons.evaluated.v1"
    summons_id: str
    post: str
    mark: int | None


class SummonsEnded(EventData, frozen=True, kw_only=True):
    """The matter has ended; all may leave."""

    type = "huying.routing.summons.ended.v1"
    summons_id: str
    checked_in: int
    no_shows: int


class SummonsCancelled(EventData, frozen=True, kw_only=True):
    """Nobody need come."""

    type = "huying.routing.summons.cancelled.v1"
    summons_id: str


class SummonsHandedOver(EventData, frozen=True, kw_only=True):
    """A post that whistled or is whistled is gone; another stands in its place."""

    type = "huying.routing.summons.handed_over.v1"
    summons_id: str
    old_post: str
    post: str
    unit: str
    reason: str


class SummonsRetimed(EventData, frozen=True, kw_only=True):
    """Its place was switched to this mode: who is awaited is due by its times."""

    type = "huying.routing.summons.retimed.v1"
    summons_id: str
    mode: str

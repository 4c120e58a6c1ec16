"""A gap in the roster: for some time nobody answers for a post. It is announced ahead and again at the moment (domain.md §3.8)."""

from datetime import datetime, timedelta

import msgspec

from services.chassis.events import EventData
from services.chassis.ids import new_id
from services.routing.events.absence import GapFilled, RosterGapAnnounced
from services.routing.model.organisation.organisation import Post
from services.routing.model.organisation.staffing import Vacancy


class RosterGap(msgspec.Struct, kw_only=True):
    """The aggregate. `open` until its time is over or somebody is found."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    post: str
    unit: str
    area_path: tuple[str, ...]
    since: datetime
    until: datetime
    open: bool = True
    announced_ahead_at: datetime | None = None
    announced_at: datetime | None = None
    filled_at: datetime | None = None
    next_step_at: datetime | None

    @classmethod
    def found(cls, vacancy: Vacancy, post: Post, area_path: tuple[str, ...], ahead: timedelta) -> "RosterGap":
        """A gap nobody has been told of; `ahead` before it begins is the time to tell."""
        return cls(
            id=new_id("gap"),
            post=post.id,
            unit=post.unit_id,
            area_path=area_path,
            since=vacancy.since,
            until=vacancy.until,
            next_step_at=vacancy.since - ahead,
        )

    def is_of(self, vacancy: Vacancy) -> bool:
        """Whether the vacancy is this gap, perhaps longer or shorter than it was."""
        return self.post == vacancy.post_id and vacancy.since <= self.until and self.since <= vacancy.until

    def tell(self, now: datetime) -> list[EventData]:
        """What its time asks for: the announcement ahead, that at the moment, or its end."""
        if not self.open:
            return []
        if now >= self.until:
            self.open, self.next_step_at = False, None
            return []
        if now >= self.since:
            self.announced_at, self.next_step_at = now, self.until
            return [self._announcement(ahead=False)]
        self.announced_ahead_at, self.next_step_at = now, self.since
        return [self._announcement(ahead=True)]

    def last_until(self, until: datetime) -> None:
        """It will last longer, or less long, than it seemed."""
        self.until = until
        if self.announced_at:
            self.next_step_at = until

    def fill(self, now: datetime) -> list[EventData]:
        """Somebody answers for the post after all."""
        self.open, self.filled_at, self.next_step_at = False, now, None
        return [GapFilled(gap_id=self.id, post_id=self.post, area_path=list(self.area_path))]

    def _announcement(self, *, ahead: bool) -> RosterGapAnnounced:
        return RosterGapAnnounced(
            gap_id=self.id,
            post_id=self.post,
            unit_id=self.unit,
            area_path=list(self.area_path),
            since=self.since,
            until=self.until,
            ahead=ahead,
        )

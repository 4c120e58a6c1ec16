"""Honours (以奖促治): a post is nominated for verified work, which gives the points, and a centre publishes it (R-37)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.honour import HonoursOwnUnit, HonourStateForbids, WorksWrong
from services.routing.events.honour import HonourDeclined, HonourNominated, HonourPublished, HonourWithdrawn
from services.routing.model.organisation.directory import Place
from services.routing.model.organisation.organisation import Post
from services.routing.model.texts import required

MAX_WORKS = 100


class WorkKind(StrEnum):
    """What counts as work."""

    WORK_ORDER = "work_order"
    KEY_TASK = "key_task"


POINTS = {WorkKind.WORK_ORDER: 1, WorkKind.KEY_TASK: 10}


class HonourState(StrEnum):
    """Where an honour is."""

    NOMINATED = "nominated"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_S = HonourState
# Act → in which state it is allowed, and where it leads.
TRANSITIONS: dict[str, tuple[HonourState, HonourState]] = {
    "publish": (_S.NOMINATED, _S.PUBLISHED),
    "decline": (_S.NOMINATED, _S.DECLINED),
    "withdraw": (_S.PUBLISHED, _S.WITHDRAWN),
}
_DONE = {"publish": ("published", "公布"), "decline": ("declined", "否决"), "withdraw": ("withdrawn", "撤销")}
_STATE_ZH = {_S.NOMINATED: "已提名", _S.PUBLISHED: "已公布", _S.DECLINED: "未通过", _S.WITHDRAWN: "已撤销"}


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of work somebody else has verified."""

    kind: WorkKind
    id: str


class Honour(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods are the commands; each returns the events or raises a Refusal and changes nothing."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    title: str
    citation: str
    post: str
    unit: str
    area_id: str
    area_path: tuple[str, ...]
    works: tuple[Work, ...]
    points: int
    nominated_at: datetime
    nominated_by: Actor
    state: HonourState = HonourState.NOMINATED
    decided_at: datetime | None = None
    decided_by: Actor | None = None
    reason: str | None = None

    @classmethod
    def nominate(
        cls, title: str, citation: str, post: Post, area: Place, works: Sequence[Work], now: datetime, by: Actor
    ) -> tuple["Honour", list[EventData]]:
        """A nomination; that the works are verified and the post's own is for the caller to have checked. Raises Refusal."""
        if not 1 <= len(works) <= MAX_WORKS or len({work.id for work in works}) < len(works):
            raise WorksWrong(path=("works",), limit=MAX_WORKS)
        honour = cls(
            id=new_id("honour"),
            title=required(title, "title", "荣誉名称", ("title",)),
            citation=required(citation, "citation", "事迹", ("citation",)),
            post=post.id,
            unit=post.unit_id,
            area_id=area.id,
            area_path=area.path,
            works=tuple(works),
            points=sum(POINTS[work.kind] for work in works),
            nominated_at=now,
            nominated_by=by,
        )
        return honour, [
            HonourNominated(
                honour_id=honour.id,
                post=honour.post,
                unit=honour.unit,
                points=honour.points,
                works=[work.id for work in works],
            )
        ]

    def publish(self, now: datetime, by: Actor) -> list[EventData]:
        """Everybody may see it from now on."""
        self._decide("publish", None, now, by)
        return [HonourPublished(honour_id=self.id, post=self.post, unit=self.unit, points=self.points)]

    def decline(self, reason: str, now: datetime, by: Actor) -> list[EventData]:
        """It is not to be."""
        self._decide("decline", reason, now, by)
        return [HonourDeclined(honour_id=self.id)]

    def withdraw(self, reason: str, now: datetime, by: Actor) -> list[EventData]:
        """It should not have been."""
        self._decide("withdraw", reason, now, by)
        return [HonourWithdrawn(honour_id=self.id)]

    def _decide(self, act: str, reason: str | None, now: datetime, by: Actor) -> None:
        allowed, target = TRANSITIONS[act]
        if self.state is not allowed:
            done, done_zh = _DONE[act]
            raise HonourStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )
        if by.unit == self.unit or by.post == self.post:
            raise HonoursOwnUnit
        if reason is not None:
            reason = required(reason, "reason", "理由", ("reason",))
        self.state, self.reason, self.decided_at, self.decided_by = target, reason, now, by

"""Notices to posts: told within the decision they come from, read by a command of their own."""

from collections.abc import Sequence

from services.chassis.errors import NotFound
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.handlers.commands import change
from services.routing.model.ladder.notice import Notice, NoticeKind
from services.routing.store.notice import NOTICES


def tell(
    unit: UnitOfWork,
    kind: NoticeKind,
    *,
    source: str,
    post: str,
    org_unit: str,
    subject_kind: str,
    subject_id: str,
    number: str,
    people: tuple[str, ...] = (),
) -> None:
    """Stage a notice for a post, and for `people` who are on duty for it; `source` names what it comes from and tells a post the
    same thing once."""
    notice, events = Notice.tell(
        kind,
        source=source,
        post=post,
        unit=org_unit,
        subject_kind=subject_kind,
        subject_id=subject_id,
        number=number,
        people=people,
        now=unit.now,
    )
    unit.add(NOTICES, notice, events)


async def read_notice(store: Store, caller: Caller, key: str, notice_id: str) -> Notice:
    """Somebody in the post has seen it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, notice: Notice) -> Sequence[EventData]:
        if not notice.is_for(caller.post, caller.person):
            raise NotFound(what=NOTICES.what)
        return notice.read(caller.actor, unit.now)

    return await change(store, NOTICES, caller, "readNotice", key, notice_id, [], decide)

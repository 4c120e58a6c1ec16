"""A chain of custody: a person or a thing passes from post to post, each hand-over signed by both (R-43).

Whoever holds it holds it until the other has signed, so that nobody is ever between two custodians.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.custody import (
    CustodyStateForbids,
    NotOfferedToYou,
    NotTheHolder,
    OfferedToHolder,
    SignedByOnePerson,
)
from services.routing.events import custody as events
from services.routing.model.duty import Duty, WorkKind
from services.routing.model.organisation.organisation import Post
from services.routing.model.rules.policy import DEFAULT_WAITS
from services.routing.model.texts import optional, required

# Longer than the walk from the bus to the desk; then somebody must look.


class CustodySubject(StrEnum):
    """Who or what is handed over."""

    PERSON = "person"
    THING = "thing"


class CustodyState(StrEnum):
    """Where in the process a chain is."""

    HELD = "held"
    OFFERED = "offered"
    CLOSED = "closed"


CustodyAct = Literal["offer", "accept", "refuse", "withdraw", "close"]

_S = CustodyState
TRANSITIONS: dict[CustodyAct, tuple[frozenset[CustodyState], CustodyState]] = {
    "offer": (frozenset({_S.HELD}), _S.OFFERED),
    "accept": (frozenset({_S.OFFERED}), _S.HELD),
    "refuse": (frozenset({_S.OFFERED}), _S.HELD),
    "withdraw": (frozenset({_S.OFFERED}), _S.HELD),
    "close": (frozenset({_S.HELD}), _S.CLOSED),
}
_DONE: dict[CustodyAct, tuple[str, str]] = {
    "offer": ("offered", "发起交接"),
    "accept": ("accepted", "接收"),
    "refuse": ("refused", "拒收"),
    "withdraw": ("withdrawn", "撤回交接"),
    "close": ("closed", "结束"),
}
_STATE_ZH = {_S.HELD: "保管中", _S.OFFERED: "待接收", _S.CLOSED: "已结束"}


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """The holder has signed; the other has not yet."""

    to_post: str
    at: datetime
    by: Actor
    note: str | None
    answer_within: timedelta = DEFAULT_WAITS.custody_answer

    @property
    def due_at(self) -> datetime:
        """By when it is signed or refused."""
        return self.at + self.answer_within


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """Both have signed."""

    from_post: str
    to_post: str
    offered_at: datetime
    offered_by: Actor
    accepted_at: datetime
    accepted_by: Actor
    note: str | None


class Custody(msgspec.Struct, kw_only=True):
    """The aggregate. `concerns` are the posts that have it in hand now: the holder, and whom it is offered to."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    subject: CustodySubject
    reference: str
    description: str | None
    area_path: tuple[str, ...]
    sensitivity: str
    state: CustodyState = CustodyState.HELD
    holder_post: str
    concerns: list[str]
    begun_at: datetime
    begun_by: Actor
    offer: Offer | None = None
    next_step_at: datetime | None = None
    hand_overs: list[HandOver] = msgspec.field(default_factory=list)
    closed_at: datetime | None = None
    close_reason: str | None = None

    @classmethod
    def begin(
        cls,
        subject: CustodySubject,
        reference: str,
        description: str | None,
        area_path: tuple[str, ...],
        sealed: bool,
        post: Post,
        now: datetime,
        by: Actor,
    ) -> tuple["Custody", list[EventData]]:
        """The first custodian takes it in; `reference` is the number of the register that knows more of it."""
        custody = cls(
            id=new_id("custody"),
            subject=subject,
            reference=required(reference, "reference", "登记编号", ("reference",)),
            description=optional(description, ("description",)),
            area_path=area_path,
            sensitivity="sealed" if sealed else "restricted",
            holder_post=post.id,
            concerns=[post.id],
            begun_at=now,
            begun_by=by,
        )
        return custody, [
            events.CustodyBegun(custody_id=custody.id, subject=subject, holder_post=post.id, area_path=list(area_path))
        ]

    @property
    def custodians(self) -> list[str]:
        """Every post that held it or is to take it, the first first."""
        held = [turn.from_post for turn in self.hand_overs]
        return [*held, *self.concerns]

    def duties(self) -> list[Duty]:
        """What it asks: of the post it is offered to, to sign or refuse."""
        offer = self.offer
        return [Duty(kind=WorkKind.TAKE_OVER, post=offer.to_post, due_at=offer.due_at)] if offer else []

    def offer_to(
        self, post: Post, note: str | None, now: datetime, by: Actor, within: timedelta = DEFAULT_WAITS.custody_answer
    ) -> list[EventData]:
        """The holder signs; it stays with the holder until the other has signed too."""
        self._allow("offer")
        self._check_holder(by)
        if post.id == self.holder_post:
            raise OfferedToHolder(path=("postId",))
        self.offer = Offer(to_post=post.id, at=now, by=by, note=optional(note, ("note",)), answer_within=within)
        self._enter("offer")
        self.next_step_at = self.offer.due_at
        return [events.CustodyOffered(custody_id=self.id, from_post=self.holder_post, to_post=post.id)]

    def accept(self, now: datetime, by: Actor) -> list[EventData]:
        """The other signs, and holds it from this moment."""
        offer = self._offer("accept", by)
        if offer.by.person == by.person:
            raise SignedByOnePerson
        turn = HandOver(
            from_post=self.holder_post,
            to_post=offer.to_post,
            offered_at=offer.at,
            offered_by=offer.by,
            accepted_at=now,
            accepted_by=by,
            note=offer.note,
        )
        self.hand_overs.append(turn)
        self.holder_post = offer.to_post
        self._enter("accept")
        return [events.CustodyHandedOver(custody_id=self.id, from_post=turn.from_post, to_post=turn.to_post)]

    def refuse(self, by: Actor) -> list[EventData]:
        """The other does not take it; the holder keeps it."""
        self._offer("refuse", by)
        self._enter("refuse")
        return [events.CustodyOfferEnded(custody_id=self.id, holder_post=self.holder_post, withdrawn=False)]

    def withdraw(self, by: Actor) -> list[EventData]:
        """The holder takes the offer back."""
        self._allow("withdraw")
        self._check_holder(by)
        self._enter("withdraw")
        return [events.CustodyOfferEnded(custody_id=self.id, holder_post=self.holder_post, withdrawn=True)]

    def succeed(self, old: str, new: Post, reason: str) -> list[EventData]:
        """`new` stands where a post that is gone stood: it holds it, or it is offered to it. No event when the post had no part."""
        if self.state is CustodyState.CLOSED or old not in self.concerns:
            return []
        if self.holder_post == old:
            self.holder_post = new.id
        if self.offer and self.offer.to_post == old:
            self.offer = msgspec.structs.replace(self.offer, to_post=new.id)
        if self.offer and self.offer.to_post == self.holder_post:
            self._enter("withdraw")
        self._list_concerns()
        return [events.CustodySucceeded(custody_id=self.id, old_post=old, post=new.id, reason=reason)]

    def close(self, reason: str, now: datetime, by: Actor) -> list[EventData]:
        """The last holder ends the chain: the person is home, the thing is where it belongs."""
        self._allow("close")
        self._check_holder(by)
        self.close_reason = required(reason, "reason", "结束说明", ("reason",))
        self.closed_at = now
        self._enter("close")
        return [events.CustodyClosed(custody_id=self.id, holder_post=self.holder_post, hand_overs=len(self.hand_overs))]

    def note_unanswered(self, now: datetime) -> list[EventData]:
        """The timer's step. No event when there is no offer, or not so long, or that is known."""
        offer = self.offer
        if offer is None or self.next_step_at is None or now < offer.due_at:
            return []
        self.next_step_at = None
        return [events.CustodyOfferUnanswered(custody_id=self.id, from_post=self.holder_post, to_post=offer.to_post)]

    def _offer(self, act: CustodyAct, by: Actor) -> Offer:
        self._allow(act)
        assert self.offer  # what makes it offered
        if by.post != self.offer.to_post:
            raise NotOfferedToYou
        return self.offer

    def _check_holder(self, by: Actor) -> None:
        if by.post != self.holder_post:
            raise NotTheHolder

    def _allow(self, act: CustodyAct) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise CustodyStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _enter(self, act: CustodyAct) -> None:
        self.state = TRANSITIONS[act][1]
        if self.state is not CustodyState.OFFERED:
            self.offer = None
            self.next_step_at = None
        self._list_concerns()

    def _list_concerns(self) -> None:
        self.concerns = [self.holder_post, *([self.offer.to_post] if self.offer else [])]

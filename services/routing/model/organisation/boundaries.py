"""A proposal of new outlines: what it would change is seen before it is applied (R-16, domain.md §4, 2)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.boundaries import ProposalOutdated, ProposalStateForbids
from services.routing.events.boundaries import BoundariesApplied, BoundariesProposed
from services.routing.model.organisation.chart import AreaChange, ChangeKind, Redrawing
from services.routing.model.organisation.organisation import AreaLevel, AreaRecord

LISTED = 500
_TAKE_UP_AGAIN = timedelta(minutes=1)  # whoever applies it carries it out at once; this is for a crash between


class ProposalState(StrEnum):
    """Where in its life a proposal is; while it is applied its steps are taken up again after a crash."""

    PROPOSED = "proposed"
    APPLYING = "applying"
    APPLIED = "applied"


class OrderMove(msgspec.Struct, frozen=True, kw_only=True):
    """An open order that would lie elsewhere, and who would lead it by the present rules.

    `hands_over`: nobody has taken it up yet, so the new lead gets it; who is at work on it stays.
    """

    order_id: str
    number: str
    old_area: str | None
    new_area: str
    old_lead: str
    new_lead: str
    hands_over: bool
    sealed: bool = False


class BoundaryProposal(msgspec.Struct, kw_only=True):
    """The aggregate. `moves` lists the first of the orders concerned; `orders_moved` and `orders_handed_over` count all.

    The `sealed_` counts are those among them that only the centre of the place may know of.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    state: ProposalState = ProposalState.PROPOSED
    level: AreaLevel
    records: tuple[AreaRecord, ...]
    retired: tuple[str, ...]
    changes: tuple[AreaChange, ...]
    ground: dict[str, Any]
    touched: tuple[str, ...]
    strays: tuple[str, ...]
    moves: tuple[OrderMove, ...]
    orders_moved: int
    orders_handed_over: int
    sealed_moved: int = 0
    sealed_handed_over: int = 0
    organisation_version: int
    proposed_at: datetime
    proposed_by: Actor
    applied_at: datetime | None = None
    applied_by: Actor | None = None
    next_step_at: datetime | None = None

    @classmethod
    def propose(
        cls,
        level: AreaLevel,
        records: tuple[AreaRecord, ...],
        retired: tuple[str, ...],
        redrawing: Redrawing,
        strays: tuple[str, ...],
        moves: tuple[OrderMove, ...],
        organisation_version: int,
        now: datetime,
        by: Actor,
    ) -> tuple["BoundaryProposal", list[EventData]]:
        """What would change, put down to be looked at."""
        proposal = cls(
            id=new_id("boundaries"),
            level=level,
            records=records,
            retired=retired,
            changes=redrawing.changes,
            ground=redrawing.ground,
            touched=redrawing.touched,
            strays=strays,
            moves=moves[:LISTED],
            orders_moved=len(moves),
            orders_handed_over=sum(move.hands_over for move in moves),
            sealed_moved=sum(move.sealed for move in moves),
            sealed_handed_over=sum(move.sealed and move.hands_over for move in moves),
            organisation_version=organisation_version,
            proposed_at=now,
            proposed_by=by,
        )
        return proposal, [BoundariesProposed(proposal_id=proposal.id, **proposal._counts())]

    def apply(self, organisation_version: int, now: datetime, by: Actor) -> list[EventData]:
        """Let it be so. Raises Refusal when it was applied, or when the organisation is no longer the one that was compared."""
        if self.state is not ProposalState.PROPOSED:
            raise ProposalStateForbids
        if organisation_version != self.organisation_version:
            raise ProposalOutdated
        self.state, self.applied_at, self.applied_by = ProposalState.APPLYING, now, by
        self.next_step_at = now + _TAKE_UP_AGAIN
        return [BoundariesApplied(proposal_id=self.id, **self._counts())]

    def done(self) -> None:
        """Every area and every order is where it belongs."""
        self.state, self.next_step_at = ProposalState.APPLIED, None

    def _counts(self) -> dict[str, int]:
        return {
            **{f"areas_{kind.value}": sum(change.kind is kind for change in self.changes) for kind in ChangeKind},
            "orders_moved": self.orders_moved,
            "orders_handed_over": self.orders_handed_over,
        }

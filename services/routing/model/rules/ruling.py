"""A ruling (裁定): the centre's answer to whose a matter is. It binds its order; with a scope it is a precedent for others (R-32)."""

from datetime import datetime

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.ruling import RulingNeverInForce, RulingRevokedAlready, RulingTooWide
from services.routing.events.ruling import RulingMade, RulingRevoked
from services.routing.model.order.record import OrderRecord
from services.routing.model.organisation.organisation import Post
from services.routing.model.rules.conditions import Conditions
from services.routing.model.rules.rules import Precedent
from services.routing.model.texts import required


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """To which matters beside its own order a ruling applies: category x area x conditions, for a time."""

    category: str | None = None
    area_id: str | None = None
    when: Conditions = Conditions()
    valid_to: datetime | None = None


class Ruling(msgspec.Struct, kw_only=True):
    """Question, facts, who was heard, decision and basis. `standing` while it is a precedent that routing consults."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    order_id: str
    order_number: str
    area_path: tuple[str, ...]
    sensitivity: str
    question: str
    facts: str
    units_heard: tuple[str, ...]
    units_not_heard: tuple[str, ...] = ()
    post: str
    unit: str
    basis: str
    scope: Scope | None
    standing: bool
    ruled_at: datetime
    ruled_by: Actor
    revoked_at: datetime | None = None
    revoked_reason: str | None = None

    @classmethod
    def make(
        cls,
        order: OrderRecord,
        post: Post,
        *,
        question: str,
        facts: str,
        units_heard: tuple[str, ...],
        basis: str,
        scope: Scope | None,
        now: datetime,
        by: Actor,
    ) -> tuple["Ruling", list[EventData]]:
        """Rule. Units that returned the order were heard by their basis, others by their statement or, `units_heard`, by the centre
        in person; those that were invited and said nothing are named. Raises Refusal."""
        if scope and scope.category is None and scope.area_id is None:
            raise RulingTooWide(path=("appliesTo",))
        if scope and scope.valid_to and scope.valid_to <= now:
            raise RulingNeverInForce(path=("appliesTo", "validTo"))
        refusers = {turn.unit for turn in order.dispatches if turn.returned_at is not None}
        case = order.adjudications[-1] if order.adjudications else None
        heard = {*units_heard, *refusers, *(case.heard if case else ())}
        ruling = cls(
            id=new_id("ruling"),
            order_id=order.id,
            order_number=order.number,
            area_path=order.area_path,
            sensitivity=order.sensitivity,
            question=required(question, "question", "争议问题", ("question",)),
            facts=required(facts, "facts", "事实", ("facts",)),
            units_heard=tuple(sorted(heard)),
            units_not_heard=tuple(unit for unit in (case.invited if case else ()) if unit not in heard),
            post=post.id,
            unit=post.unit_id,
            basis=required(basis, "basis", "裁定依据", ("basis",)),
            scope=scope,
            standing=scope is not None,
            ruled_at=now,
            ruled_by=by,
        )
        return ruling, [
            RulingMade(
                ruling_id=ruling.id,
                order_id=order.id,
                lead_post=post.id,
                lead_unit=post.unit_id,
                precedent=ruling.standing,
                category=scope.category if scope else None,
                area_id=scope.area_id if scope else None,
                valid_from=now,
                valid_to=scope.valid_to if scope else None,
            )
        ]

    def revoke(self, reason: str, now: datetime) -> list[EventData]:
        """It is no precedent any more; what it decided stays decided."""
        if self.revoked_at is not None:
            raise RulingRevokedAlready
        self.revoked_reason = required(reason, "reason", "撤销理由", ("reason",))
        self.revoked_at = now
        self.standing = False
        return [RulingRevoked(ruling_id=self.id, order_id=self.order_id)]

    def in_force(self, at: datetime) -> bool:
        """Whether a return may name it as its basis."""
        until = self.scope.valid_to if self.scope else None
        return self.revoked_at is None and (until is None or at < until)

    @property
    def precedent(self) -> Precedent | None:
        """As routing consults it; None for a ruling about its own order only."""
        if not self.standing or self.scope is None:
            return None
        return Precedent(
            id=self.id,
            post_id=self.post,
            category=self.scope.category,
            area_id=self.scope.area_id,
            when=self.scope.when,
            valid_from=self.ruled_at,
            valid_to=self.scope.valid_to,
        )

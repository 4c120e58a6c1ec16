"""The sending of a responder or a team to a work order: offers, arrival, end (R-07, R-08; domain.md §3.8, §3.9).

One deployment is one sending: it offers the matter down its ranking until somebody accepts. While an offer or a journey is open it
holds its responders, and no other deployment may.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.deployment import DeploymentStateForbids
from services.routing.events.dispatch import (
    DispatchAccepted,
    DispatchArrived,
    DispatchDeclined,
    DispatchDelayed,
    DispatchDeparted,
    DispatchDone,
    DispatchExpired,
    DispatchOffered,
    DispatchStoodDown,
    DispatchUnanswered,
)
from services.routing.model.clock.clocks import Clock, Tick
from services.routing.model.dispatch.nearest import Candidate, Ranking, metres
from services.routing.model.dispatch.responder import Position
from services.routing.model.organisation.point import Point
from services.routing.model.texts import required


class DeploymentState(StrEnum):
    """How far a sending is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    DONE = "done"
    UNANSWERED = "unanswered"
    STOOD_DOWN = "stood_down"


class Answer(StrEnum):
    """What came of an offer."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


# To accept and, where the policy asks for it, to arrive.
Clocks = tuple[Clock, Clock | None]
Act = Literal["offer", "accept", "decline", "expire", "depart", "arrive", "finish", "stand_down"]

_S = DeploymentState
_UNDER_WAY = frozenset({_S.OFFERED, _S.ACCEPTED, _S.EN_ROUTE, _S.ARRIVED})
# Which state allows which act, and where it leads. `decline` and `expire` lead on to the next offer, or to nobody.
TRANSITIONS: dict[Act, tuple[frozenset[DeploymentState], DeploymentState]] = {
    "offer": (frozenset({_S.UNANSWERED}), _S.OFFERED),
    "accept": (frozenset({_S.OFFERED}), _S.ACCEPTED),
    "decline": (frozenset({_S.OFFERED}), _S.UNANSWERED),
    "expire": (frozenset({_S.OFFERED}), _S.UNANSWERED),
    "depart": (frozenset({_S.ACCEPTED}), _S.EN_ROUTE),
    "arrive": (frozenset({_S.ACCEPTED, _S.EN_ROUTE}), _S.ARRIVED),
    "finish": (frozenset({_S.ARRIVED}), _S.DONE),
    "stand_down": (_UNDER_WAY | {_S.UNANSWERED}, _S.STOOD_DOWN),
}
_DONE: dict[Act, tuple[str, str]] = {
    "offer": ("offered", "派给下一位"),
    "accept": ("accepted", "接受"),
    "decline": ("declined", "谢绝"),
    "expire": ("passed on", "顺延"),
    "depart": ("begun", "出发"),
    "arrive": ("checked in", "到场签到"),
    "finish": ("finished", "结束"),
    "stand_down": ("stood down", "撤回"),
}
_STATE_ZH: dict[DeploymentState, str] = {
    _S.OFFERED: "待接受",
    _S.ACCEPTED: "已接受",
    _S.EN_ROUTE: "途中",
    _S.ARRIVED: "已到场",
    _S.DONE: "已结束",
    _S.UNANSWERED: "无人接受",
    _S.STOOD_DOWN: "已撤回",
}


class Offer(msgspec.Struct, kw_only=True):
    """One responder, or one team, was asked; the last offer is the present. Its clocks ask what the order asks of a post addressed at
    that moment; `arrive` is None where the policy asks for none."""

    responders: tuple[str, ...]
    team_id: str | None = None
    at: datetime
    accept: Clock
    arrive: Clock | None
    answer: Answer | None = None
    answered_at: datetime | None = None
    reason: str | None = None

    @property
    def accept_by(self) -> datetime:
        """When silence passes the matter on."""
        return self.accept.due_at


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """The check-in on the spot; `distance_m` is from the matter's point."""

    at: datetime
    by: Actor
    position: Position
    distance_m: float


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """What of the order a deployment keeps."""

    order_id: str
    report_id: str
    lead_unit: str
    area_path: tuple[str, ...]
    sensitivity: str


class Deployment(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods are the commands; each returns the events or raises a Refusal and changes nothing.

    `holds` are the responders that no other deployment may hold while `active`.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    order_id: str
    report_id: str
    lead_unit: str
    area_path: tuple[str, ...]
    sensitivity: str
    state: DeploymentState
    active: bool
    holds: tuple[str, ...]
    ranking: Ranking
    offers: list[Offer]
    by: Actor
    dispatched_at: datetime
    accepted_at: datetime | None = None
    accept_seconds: int | None = None
    departed_at: datetime | None = None
    arrival: Arrival | None = None
    arrive_seconds: int | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    next_step_at: datetime | None

    @classmethod
    def send(
        cls,
        matter: Matter,
        ranking: Ranking,
        responders: Sequence[str],
        clocks: Clocks,
        now: datetime,
        by: Actor,
        *,
        team_id: str | None = None,
    ) -> tuple["Deployment", list[EventData]]:
        """A sending and its first offer, to `responders`: the first of the ranking, one by name, or the members of a team."""
        deployment = cls(
            id=new_id("deployment"),
            order_id=matter.order_id,
            report_id=matter.report_id,
            lead_unit=matter.lead_unit,
            area_path=matter.area_path,
            sensitivity=matter.sensitivity,
            state=DeploymentState.UNANSWERED,
            active=False,
            holds=(),
            ranking=ranking,
            offers=[],
            by=by,
            dispatched_at=now,
            next_step_at=None,
        )
        return deployment, deployment.offer(responders, clocks, now, team_id=team_id)

    @property
    def point(self) -> Point:
        """Where the matter is."""
        return self.ranking.need.point

    @property
    def current(self) -> Offer:
        """The offer that counts now."""
        return self.offers[-1]

    @property
    def _told_report(self) -> str | None:
        """The report as events name it: none of a sealed matter, and none where the order does not follow from one."""
        return None if self.sensitivity == "sealed" else self.report_id or None

    @property
    def arrive_by(self) -> datetime | None:
        """When somebody must be there, once they have accepted; None where the policy does not ask for it."""
        arrive = self.current.arrive
        return arrive.due_at if arrive and self.accepted_at else None

    @property
    def delayed(self) -> bool:
        """Whether nobody was there when the arrive clock ran out."""
        arrive = self.current.arrive
        return arrive is not None and arrive.breached_at is not None

    def remaining(self) -> Iterator[Candidate]:
        """Who has not been asked yet, best first."""
        asked = {responder for offer in self.offers for responder in offer.responders}
        return (candidate for candidate in self.ranking.candidates if candidate.responder_id not in asked)

    def minutes_out(self, now: datetime) -> int:
        """Whole minutes since somebody accepted."""
        return int((now - self.accepted_at).total_seconds() // 60) if self.accepted_at else 0

    def offer(
        self, responders: Sequence[str], clocks: Clocks, now: datetime, *, team_id: str | None = None
    ) -> list[EventData]:
        """Ask `responders`; the caller has reserved them. Their `clocks`, to accept and to arrive, run from now."""
        self._allow("offer")
        accept, arrive = clocks
        self.offers.append(
            Offer(responders=tuple(responders), team_id=team_id, at=now, accept=accept, arrive=arrive),
        )
        accept_by = accept.due_at
        self._enter("offer")
        self.holds, self.next_step_at = tuple(responders), accept_by
        return [
            DispatchOffered(
                deployment_id=self.id,
                order_id=self.order_id,
                report_id=self._told_report,
                area_path=list(self.area_path),
                responder_ids=list(responders),
                team_id=team_id,
                attempt=len(self.offers),
                accept_by=accept_by,
            )
        ]

    def accept(self, now: datetime) -> list[EventData]:
        """They go. Their arrive clock runs from the offer they accept; what the matter waited in all is in `arrive_seconds`."""
        self._allow("accept")
        self._answer(Answer.ACCEPTED, now)
        self.accepted_at = now
        self.accept_seconds = self._seconds(now)
        self._enter("accept")
        self.next_step_at = self.arrive_by
        return [
            DispatchAccepted(
                deployment_id=self.id,
                order_id=self.order_id,
                report_id=self._told_report,
                responder_ids=list(self.holds),
                seconds=self.accept_seconds,
            )
        ]

    def decline(self, reason: str, now: datetime) -> list[EventData]:
        """They cannot go, and say why; whoever calls this asks the next or leaves it unanswered."""
        self._allow("decline")
        reason = required(reason, "reason", "理由", ("reason",))
        asked = list(self.holds)
        self._answer(Answer.DECLINED, now, reason)
        self._enter("decline")
        told = "" if self.sensitivity == "sealed" else reason
        return [
            DispatchDeclined(deployment_id=self.id, order_id=self.order_id, responder_ids=asked, reason=told),
        ]

    def expire(self, now: datetime) -> list[EventData]:
        """Nobody answered in time. No event when it is not so far, or was answered."""
        if self.state is not DeploymentState.OFFERED or now < self.current.accept_by:
            return []
        asked = list(self.holds)
        self._answer(Answer.EXPIRED, now)
        self._enter("expire")
        return [DispatchExpired(deployment_id=self.id, order_id=self.order_id, responder_ids=asked)]

    def unanswered(self, now: datetime) -> list[EventData]:
        """Nobody is left to ask."""
        self.ended_at = now
        return [
            DispatchUnanswered(
                deployment_id=self.id,
                order_id=self.order_id,
                area_path=list(self.area_path),
                offers=len(self.offers),
            )
        ]

    def depart(self, now: datetime) -> list[EventData]:
        """On the way."""
        self._allow("depart")
        self.departed_at = now
        self._enter("depart")
        self.next_step_at = None if self.delayed else self.arrive_by
        return [DispatchDeparted(deployment_id=self.id, order_id=self.order_id, report_id=self._told_report)]

    def delay(self, now: datetime) -> list[EventData]:
        """The arrive clock has run out. Told once; no event when it is not so far."""
        arrive = self.current.arrive
        waiting = self.state in (DeploymentState.ACCEPTED, DeploymentState.EN_ROUTE)
        if not waiting or arrive is None or Tick.BREACHED not in arrive.tick(now):
            return []
        self.next_step_at = None
        return [
            DispatchDelayed(
                deployment_id=self.id,
                order_id=self.order_id,
                area_path=list(self.area_path),
                arrive_by=arrive.due_at,
            )
        ]

    def arrive(self, position: Position, now: datetime, by: Actor) -> list[EventData]:
        """Check in on the spot (报到): who, when, where, how exactly."""
        self._allow("arrive")
        distance = metres(position.point, self.point)
        self.arrival = Arrival(at=now, by=by, position=position, distance_m=distance)
        self.arrive_seconds = self._seconds(now)
        if self.current.arrive:
            self.current.arrive.stop(now)
        self._enter("arrive")
        return [
            DispatchArrived(
                deployment_id=self.id,
                order_id=self.order_id,
                report_id=self._told_report,
                seconds=self.arrive_seconds,
                distance_m=distance,
                accuracy_m=position.accuracy_m,
            )
        ]

    def finish(self, now: datetime) -> list[EventData]:
        """The work on the spot is done."""
        self._allow("finish")
        sent = list(self.holds)
        self._enter("finish")
        self.ended_at = now
        return [
            DispatchDone(deployment_id=self.id, order_id=self.order_id, report_id=self._told_report, responder_ids=sent)
        ]

    def stand_down(self, reason: str, now: datetime) -> list[EventData]:
        """Call them back."""
        self._allow("stand_down")
        reason = required(reason, "reason", "理由", ("reason",))
        sent = list(self.holds)
        self._enter("stand_down")
        self.ended_at, self.end_reason = now, reason
        told = "" if self.sensitivity == "sealed" else reason
        return [
            DispatchStoodDown(
                deployment_id=self.id,
                order_id=self.order_id,
                report_id=self._told_report,
                responder_ids=sent,
                reason=told,
            )
        ]

    def _allow(self, act: Act) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise DeploymentStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _enter(self, act: Act) -> None:
        self.state = TRANSITIONS[act][1]
        self.active = self.state in _UNDER_WAY
        self.next_step_at = None
        if not self.active:
            self.holds = ()

    def _answer(self, answer: Answer, now: datetime, reason: str | None = None) -> None:
        self.current.accept.stop(now)
        self.current.answer, self.current.answered_at, self.current.reason = answer, now, reason

    def _seconds(self, now: datetime) -> int:
        return int((now - self.dispatched_at).total_seconds())

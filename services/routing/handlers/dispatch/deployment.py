"""Commands on deployments: send the nearest, one by name or a team; answer, travel, arrive, end; and the clock's own step."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.order import require_centre
from services.routing.access.responder import require_sent_or_centre
from services.routing.directory import LiveDirectory
from services.routing.errors.deployment import (
    MatterWithoutPlace,
    NobodyAvailable,
    OrderAlreadyEnded,
    ResponderNotSuitable,
    TeamNotStaffed,
)
from services.routing.handlers.commands import change, create
from services.routing.handlers.dispatch.deployment_end import held_by
from services.routing.handlers.dispatch.responder import position
from services.routing.handlers.order.family import consequences
from services.routing.model.dispatch.deployment import Deployment, Matter
from services.routing.model.dispatch.nearest import WHY_TEXT, Need, Ranking, rank, why_not
from services.routing.model.dispatch.responder import MAX_DUTY_HOURS, Responder
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.point import Point
from services.routing.model.rules.matter import Mode
from services.routing.store.deployment import DEPLOYMENTS
from services.routing.store.responder import REGISTER
from services.routing.store.response_team import TEAMS
from services.routing.store.work_order import WORK_ORDERS
from services.routing.views.area import centre_of
from services.routing.views.responder import around

_SENSITIVE = frozenset({"restricted", "sealed"})

# What a command does to the deployment, and what it does to each responder that is held.
_Act = Callable[[Deployment, datetime], list[EventData]]
_Follow = Callable[[Responder, datetime], Sequence[EventData]]
# … and to the order: who was sent acts in place of its lead.
_ForOrder = Callable[[WorkOrder, datetime], Sequence[EventData]]


async def ranking_for(
    store: Store, directory: Directory, caller: Caller, order_id: str, skills: Sequence[str], sensitive: bool
) -> Ranking:
    """Who would be sent now and why; nothing is changed. Raises Refusal, StoreError."""
    unit = UnitOfWork(store, actor=caller.actor)
    return await _rank(unit, directory, await _order(unit, caller, order_id), skills, sensitive)


async def send_nearest(
    store: Store, directory: Directory, caller: Caller, key: str, order_id: str, skills: Sequence[str], sensitive: bool
) -> Deployment:
    """Offer the matter to the first of the ranking. Raises Refusal, StoreError.

    Whoever is reserved by another dispatcher in the same moment is no longer free when this is decided again: the next one goes.
    """

    async def decide(unit: UnitOfWork) -> tuple[Deployment, Sequence[EventData]]:
        order = await _order(unit, caller, order_id)
        ranking = await _rank(unit, directory, order, skills, sensitive)
        if not ranking.candidates:
            raise NobodyAvailable(excluded=len(ranking.excluded))
        first = await unit.get(REGISTER, ranking.candidates[0].responder_id)
        return _sent(unit, directory, order, ranking, [first])

    return await create(store, DEPLOYMENTS, caller, "sendNearest", key, [order_id, list(skills), sensitive], decide)


async def send_responder(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    order_id: str,
    responder_id: str,
    skills: Sequence[str],
    sensitive: bool,
) -> Deployment:
    """Send one by name. The ranking is kept too: it shows who was passed over. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Deployment, Sequence[EventData]]:
        order = await _order(unit, caller, order_id)
        ranking = await _rank(unit, directory, order, skills, sensitive)
        responder = await unit.get(REGISTER, responder_id)
        _require_suitable(responder, ranking.need, unit.now)
        return _sent(unit, directory, order, ranking, [responder])

    given = [order_id, responder_id, list(skills), sensitive]
    return await create(store, DEPLOYMENTS, caller, "sendResponder", key, given, decide)


async def send_team(
    store: Store, directory: Directory, caller: Caller, key: str, order_id: str, team_id: str, sensitive: bool
) -> Deployment:
    """Send every member of a team; each must be free and suitable. Raises Refusal, StoreError.

    When they decline or keep silent, the nearest single responder is asked next.
    """

    async def decide(unit: UnitOfWork) -> tuple[Deployment, Sequence[EventData]]:
        order = await _order(unit, caller, order_id)
        ranking = await _rank(unit, directory, order, [], sensitive)
        team = await unit.get(TEAMS, team_id)
        if not team.manned:
            raise TeamNotStaffed(path=("teamId",))
        people = [await unit.get(REGISTER, member.responder_id) for member in team.members]
        for person in people:
            _require_suitable(person, ranking.need, unit.now)
        return _sent(unit, directory, order, ranking, people, team_id=team.id)

    given = [order_id, team_id, sensitive]
    return await create(store, DEPLOYMENTS, caller, "sendTeam", key, given, decide)


async def accept_deployment(store: Store, caller: Caller, key: str, deployment_id: str) -> Deployment:
    """They go, and the order is on its way with them. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "acceptDeployment", key, deployment_id, []),
        lambda deployment, now: deployment.accept(now),
        lambda responder, now: [],
        lambda order, now: order.sent_out(deployment_id, now),
    )


async def decline_deployment(
    store: Store, directory: Directory, caller: Caller, key: str, deployment_id: str, reason: str
) -> Deployment:
    """They cannot go: the next in the ranking is asked. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, deployment: Deployment) -> Sequence[EventData]:
        members = await held_by(unit, deployment)
        require_sent_or_centre(caller, deployment, members)
        events = deployment.decline(reason, unit.now)
        return [*events, *await _pass_on(unit, directory, deployment, members)]

    return await change(store, DEPLOYMENTS, caller, "declineDeployment", key, deployment_id, [reason], decide)


async def depart(store: Store, caller: Caller, key: str, deployment_id: str) -> Deployment:
    """On the way. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "departDeployment", key, deployment_id, []),
        lambda deployment, now: deployment.depart(now),
        lambda responder, now: responder.depart(deployment_id, now),
    )


async def arrive(
    store: Store, caller: Caller, key: str, deployment_id: str, point: Point, accuracy_m: float
) -> Deployment:
    """Check in on the spot, which is the check-in of the order too. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "arriveDeployment", key, deployment_id, [point, accuracy_m]),
        lambda deployment, now: deployment.arrive(position(point, accuracy_m, now, now), now, caller.actor),
        lambda responder, now: responder.arrive(deployment_id, position(point, accuracy_m, now, now), now),
        lambda order, now: order.sent_arrived(point, accuracy_m, now, caller.actor),
    )


async def finish(store: Store, caller: Caller, key: str, deployment_id: str) -> Deployment:
    """The work on the spot is done: everybody is free again, and the time counts for the year. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, deployment: Deployment) -> Sequence[EventData]:
        members = await held_by(unit, deployment)
        require_sent_or_centre(caller, deployment, members)
        events = deployment.finish(unit.now)
        minutes = min(max(1, deployment.minutes_out(unit.now)), MAX_DUTY_HOURS * 60)
        for member in members:
            done = member.release(deployment.id, unit.now)
            unit.save(REGISTER, member, [*done, *member.serve(minutes, unit.now)])
        return events

    return await change(store, DEPLOYMENTS, caller, "finishDeployment", key, deployment_id, [], decide)


async def stand_down(store: Store, caller: Caller, key: str, deployment_id: str, reason: str) -> Deployment:
    """Call them back; for the centre and for who was sent. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "standDownDeployment", key, deployment_id, [reason]),
        lambda deployment, now: deployment.stand_down(reason, now),
        lambda responder, now: responder.release(deployment_id, now),
        lambda order, now: order.sent_back(deployment_id, now),
    )


async def keep_deployment_clocks(store: Store, directory: LiveDirectory, deployment_id: str) -> None:
    """The clock's own step: an offer nobody answered goes to the next; a late arrival is told."""

    async def attempt(unit: UnitOfWork) -> None:
        deployment = await unit.get(DEPLOYMENTS, deployment_id)
        members = await held_by(unit, deployment)
        if events := deployment.expire(unit.now):
            events += await _pass_on(unit, directory.current, deployment, members)
        else:
            events = deployment.delay(unit.now)
        if events:
            unit.save(DEPLOYMENTS, deployment, events)

    await store.run(attempt)


def _sent(
    unit: UnitOfWork,
    directory: Directory,
    order: WorkOrder,
    ranking: Ranking,
    responders: Sequence[Responder],
    *,
    team_id: str | None = None,
) -> tuple[Deployment, list[EventData]]:
    matter = Matter(
        order_id=order.id,
        report_id=order.report_id or "",
        lead_unit=order.lead_unit,
        area_path=order.area_path,
        sensitivity=order.sensitivity,
    )
    ids = [responder.id for responder in responders]
    clocks = order.addressed_clocks(directory.policy, unit.now)
    deployment, events = Deployment.send(matter, ranking, ids, clocks, unit.now, unit.actor, team_id=team_id)
    unit.save(WORK_ORDERS, order)  # so that it cannot end between here and the commit
    for responder in responders:
        unit.save(REGISTER, responder, responder.reserve(deployment.id, unit.now))
    return deployment, events


async def _pass_on(
    unit: UnitOfWork, directory: Directory, deployment: Deployment, members: Sequence[Responder]
) -> list[EventData]:
    """Free those who were asked and ask the next who is still free, or leave it unanswered."""
    for member in members:
        unit.save(REGISTER, member, member.release(deployment.id, unit.now))
    order = await unit.get(WORK_ORDERS, deployment.order_id)
    need = deployment.ranking.need
    for candidate in deployment.remaining():
        responder = await unit.get(REGISTER, candidate.responder_id)
        if why_not(responder, need, unit.now) is None:
            unit.save(REGISTER, responder, responder.reserve(deployment.id, unit.now))
            return deployment.offer([responder.id], order.addressed_clocks(directory.policy, unit.now), unit.now)
    return deployment.unanswered(unit.now)


async def _order(unit: UnitOfWork, caller: Caller, order_id: str) -> WorkOrder:
    order = await unit.get(WORK_ORDERS, order_id)
    require_centre(caller, order)
    if not order.open:
        raise OrderAlreadyEnded
    return order


async def _rank(
    unit: UnitOfWork, directory: Directory, order: WorkOrder, skills: Sequence[str], sensitive: bool
) -> Ranking:
    point = order.place
    if point is None and order.area_id is not None:
        point = await centre_of(unit.mongo, order.area_id)
    if point is None:
        raise MatterWithoutPlace
    need = Need(
        point=point,
        area_path=order.area_path,
        skills=tuple(skills),
        sensitive=sensitive or order.sensitivity in _SENSITIVE,
        emergency=directory.mode(order.area_path) is Mode.EMERGENCY,
    )
    return rank(await around(unit.mongo, need), need, unit.now)


def _require_suitable(responder: Responder, need: Need, now: datetime) -> None:
    if why := why_not(responder, need, now):
        reason, reason_zh = WHY_TEXT[why]
        raise ResponderNotSuitable(path=("responderId",), name=responder.name, reason=reason, reason_zh=reason_zh)


async def _change(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    deployment_id: str,
    given: Sequence[object],
    act: _Act,
    follow: _Follow,
    for_order: _ForOrder | None = None,
) -> Deployment:
    async def decide(unit: UnitOfWork, deployment: Deployment) -> Sequence[EventData]:
        members = await held_by(unit, deployment)
        require_sent_or_centre(caller, deployment, members)
        events = act(deployment, unit.now)
        for member in members:
            if followed := follow(member, unit.now):
                unit.save(REGISTER, member, followed)
        if for_order:
            await _tell_order(unit, deployment.order_id, for_order)
        return events

    return await change(store, DEPLOYMENTS, caller, name, key, deployment_id, given, decide)


async def _tell_order(unit: UnitOfWork, order_id: str, act: _ForOrder) -> None:
    order = await unit.get(WORK_ORDERS, order_id)
    if events := act(order, unit.now):
        await consequences(unit, order)
        unit.save(WORK_ORDERS, order, events)

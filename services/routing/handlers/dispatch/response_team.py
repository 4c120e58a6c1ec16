"""Commands on teams and their templates."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.responder import manages_roster
from services.routing.errors.response_team import InAnotherTeam, NotInTeam, UnknownTemplate
from services.routing.errors.rules import UnknownArea
from services.routing.handlers.commands import change, create
from services.routing.model.dispatch.response_team import Team, TeamKind, TeamTemplate
from services.routing.model.organisation.directory import Directory
from services.routing.store.responder import REGISTER
from services.routing.store.response_team import TEAM_TEMPLATES, TEAMS
from services.routing.views.responder import of_person
from services.routing.views.response_team import of_member

_Act = Callable[[Team, datetime], Sequence[EventData]]


async def define_template(
    store: Store, caller: Caller, key: str, name: str, name_en: str, roles: Mapping[str, int]
) -> TeamTemplate:
    """A new template; for the centre. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[TeamTemplate, Sequence[EventData]]:
        if not caller.has("centre"):
            raise RoleMissing(roles="centre")
        return TeamTemplate.define(name, name_en, roles)

    given = [name, name_en, dict(roles)]
    return await create(store, TEAM_TEMPLATES, caller, "defineTeamTemplate", key, given, decide)


async def raise_team(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    template_id: str,
    kind: TeamKind,
    name: str,
    area_id: str,
) -> Team:
    """A team of the caller's unit, at home in an area. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Team, Sequence[EventData]]:
        path = _path(directory, area_id)
        if not caller.has("handler", "centre") or caller.unit is None or not caller.covers(list(path)):
            raise RoleMissing(roles="handler, centre")
        try:
            template = await unit.get(TEAM_TEMPLATES, template_id)
        except NotFound:
            raise UnknownTemplate(path=("templateId",), template=template_id) from None
        return Team.raise_from(template, kind, name, caller.unit, path, unit.now)

    given = [template_id, kind, name, area_id]
    return await create(store, TEAMS, caller, "raiseTeam", key, given, decide)


async def staff_team(store: Store, caller: Caller, key: str, team_id: str, responder_ids: Sequence[str]) -> Team:
    """Fill the roles with these people. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, team: Team) -> Sequence[EventData]:
        _require_manager(caller, team)
        people = [await unit.get(REGISTER, responder_id) for responder_id in dict.fromkeys(responder_ids)]
        if other := await of_member(unit.mongo, [person.id for person in people], team.id):
            taken = {member.responder_id for member in other.members}
            raise InAnotherTeam(name=next(person.name for person in people if person.id in taken))
        return team.staff(people)

    return await change(store, TEAMS, caller, "staffTeam", key, team_id, list(responder_ids), decide)


async def deploy_team(store: Store, directory: Directory, caller: Caller, key: str, team_id: str, area_id: str) -> Team:
    """Send the team to work in an area. Raises Refusal, StoreError."""
    return await _managed(
        *(store, caller, "deployTeam", key, team_id, [area_id]),
        lambda team, now: team.deploy(_path(directory, area_id)),
    )


async def stand_down_team(store: Store, caller: Caller, key: str, team_id: str, reason: str) -> Team:
    """Dissolve the team. Raises Refusal, StoreError."""
    return await _managed(
        *(store, caller, "standDownTeam", key, team_id, [reason]),
        lambda team, now: team.stand_down(reason, now),
    )


async def plan_patrol(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    team_id: str,
    route: Sequence[str],
    times_a_day: int,
) -> Team:
    """Where and how often the squad goes. Raises Refusal, StoreError."""

    def act(team: Team, now: datetime) -> Sequence[EventData]:
        for area_id in route:
            _path(directory, area_id)
        return team.plan_patrol(route, times_a_day, now, caller.actor)

    return await _managed(store, caller, "planPatrol", key, team_id, [list(route), times_a_day], act)


async def log_patrol(
    store: Store, caller: Caller, key: str, team_id: str, area_id: str, findings: int, note: str | None
) -> Team:
    """An area was walked; for the members and who manages them. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, team: Team) -> Sequence[EventData]:
        own = await of_person(unit.mongo, caller.person)
        if not (own and any(member.responder_id == own.id for member in team.members)):
            _require_manager(caller, team)
        return team.log_patrol(area_id, findings, note, unit.now, caller.actor)

    given = [area_id, findings, note]
    return await change(store, TEAMS, caller, "logPatrol", key, team_id, given, decide)


def _path(directory: Directory, area_id: str) -> tuple[str, ...]:
    place = directory.areas.get(area_id)
    if place is None:
        raise UnknownArea(path=("areaId",), area=area_id)
    return place.path


def _require_manager(caller: Caller, team: Team) -> None:
    if manages_roster(caller, team.unit_id, team.area_path):
        return
    if caller.has("attendant", "handler", "centre") and caller.covers(list(team.area_path)):
        raise NotInTeam
    raise NotFound(what=TEAMS.what)


async def _managed(
    store: Store, caller: Caller, name: str, key: str, team_id: str, given: Sequence[object], act: _Act
) -> Team:
    async def decide(unit: UnitOfWork, team: Team) -> Sequence[EventData]:
        _require_manager(caller, team)
        return act(team, unit.now)

    return await change(store, TEAMS, caller, name, key, team_id, given, decide)

"""Teams: raised from a template, staffed as it asks, deployed to an area, stood down; patrol squads with plan and log.

Composite teams such as health, police and volunteer (R-21), surge teams (R-22), one officer and two auxiliaries on patrol (R-35).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.response_team import (
    NoPatrolPlan,
    PatrolPlanInvalid,
    RolesInvalid,
    TeamIncomplete,
    TeamMemberWithoutRole,
    TeamStateForbids,
)
from services.routing.events.response_team import (
    PatrolLogged,
    PatrolPlanned,
    TeamDeployed,
    TeamRaised,
    TeamStaffed,
    TeamStoodDown,
    TeamTemplateDefined,
)
from services.routing.model.clock.calendar import LOCAL
from services.routing.model.dispatch.composition import fill, in_words, missing, named
from services.routing.model.dispatch.responder import Responder
from services.routing.model.texts import optional, required

MAX_OF_A_ROLE = 500
MAX_ROUNDS = 24
LOG_KEPT = 200  # entries kept with the team; each is an event too


class TeamKind(StrEnum):
    """What a team is for."""

    COMPOSITE = "composite"
    SURGE = "surge"
    PATROL = "patrol"
    VOLUNTEER = "volunteer"


class TeamState(StrEnum):
    """How far a team is."""

    RAISED = "raised"
    STAFFED = "staffed"
    DEPLOYED = "deployed"
    STOOD_DOWN = "stood_down"


Act = Literal["staff", "deploy", "stand_down"]
_S = TeamState
# Which state allows which act, and where it leads. A deployed team whose members change stays deployed.
TRANSITIONS: dict[Act, tuple[frozenset[TeamState], TeamState]] = {
    "staff": (frozenset({_S.RAISED, _S.STAFFED, _S.DEPLOYED}), _S.STAFFED),
    "deploy": (frozenset({_S.STAFFED, _S.DEPLOYED}), _S.DEPLOYED),
    "stand_down": (frozenset({_S.RAISED, _S.STAFFED, _S.DEPLOYED}), _S.STOOD_DOWN),
}
_DONE: dict[Act, tuple[str, str]] = {
    "staff": ("staffed", "配员"),
    "deploy": ("deployed", "投入"),
    "stand_down": ("stood down", "解散"),
}
_STATE_ZH = {_S.RAISED: "已组建", _S.STAFFED: "已配员", _S.DEPLOYED: "已投入", _S.STOOD_DOWN: "已解散"}


class TeamTemplate(msgspec.Struct, kw_only=True):
    """Which roles a team has; a role is a kind of responder or a skill. Teams keep the roles they were raised with."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    name: str
    name_en: str
    roles: dict[str, int]

    @classmethod
    def define(cls, name: str, name_en: str, roles: Mapping[str, int]) -> tuple["TeamTemplate", list[EventData]]:
        """A new template. Raises RolesInvalid."""
        if not roles or not named(roles) or not all(1 <= count <= MAX_OF_A_ROLE for count in roles.values()):
            raise RolesInvalid(path=("roles",), limit=MAX_OF_A_ROLE)
        template = cls(
            id=new_id("template"),
            name=required(name, "name", "名称", ("name",)),
            name_en=required(name_en, "nameEn", "英文名称", ("nameEn",)),
            roles=dict(roles),
        )
        return template, [TeamTemplateDefined(template_id=template.id, roles=template.roles)]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a team, in a role."""

    responder_id: str
    role: str


class PatrolPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Where a squad goes, in order, and how often a day."""

    route: tuple[str, ...]
    times_a_day: int
    at: datetime
    by: Actor


class PatrolEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An area was walked."""

    at: datetime
    by: Actor
    area_id: str
    findings: int
    note: str | None


class Team(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods are the commands; each returns the events or raises a Refusal and changes nothing."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    kind: TeamKind
    name: str
    template_id: str
    roles: dict[str, int]
    unit_id: str
    area_path: tuple[str, ...]
    state: TeamState = TeamState.RAISED
    manned: bool = False
    members: tuple[Member, ...] = ()
    deployed_to: tuple[str, ...] | None = None
    plan: PatrolPlan | None = None
    log: list[PatrolEntry] = msgspec.field(default_factory=list)
    raised_at: datetime
    stood_down_at: datetime | None = None
    stand_down_reason: str | None = None

    @classmethod
    def raise_from(
        cls,
        template: TeamTemplate,
        kind: TeamKind,
        name: str,
        unit_id: str,
        area_path: tuple[str, ...],
        now: datetime,
    ) -> tuple["Team", list[EventData]]:
        """A team without members yet."""
        team = cls(
            id=new_id("team"),
            kind=kind,
            name=required(name, "name", "名称", ("name",)),
            template_id=template.id,
            roles=dict(template.roles),
            unit_id=unit_id,
            area_path=area_path,
            raised_at=now,
        )
        return team, [
            TeamRaised(
                team_id=team.id,
                kind=kind,
                template_id=template.id,
                unit_id=unit_id,
                area_path=list(area_path),
                roles=team.roles,
            )
        ]

    def staff(self, people: Sequence[Responder]) -> list[EventData]:
        """Fill the roles with these people; refused when a role stays empty or somebody has none (R-21)."""
        self._allow("staff")
        filled = fill(self.roles, people)
        if lacking := missing(self.roles, people):
            raise TeamIncomplete(path=("responderIds",), missing=in_words(lacking))
        if idle := [person.name for person in people if person.id not in filled]:
            raise TeamMemberWithoutRole(path=("responderIds",), names=", ".join(idle))
        self.members = tuple(Member(responder_id=person.id, role=filled[person.id]) for person in people)
        self.manned = True
        if self.state is not TeamState.DEPLOYED:
            self.state = TRANSITIONS["staff"][1]
        return [TeamStaffed(team_id=self.id, members=filled)]

    def deploy(self, area_path: tuple[str, ...]) -> list[EventData]:
        """Send the team to work in an area, or on to another."""
        self._allow("deploy")
        self.deployed_to = area_path
        self.state = TRANSITIONS["deploy"][1]
        return [TeamDeployed(team_id=self.id, area_path=list(area_path))]

    def stand_down(self, reason: str, now: datetime) -> list[EventData]:
        """Dissolve the team; its members are free for another. They stay on record."""
        self._allow("stand_down")
        self.stand_down_reason = required(reason, "reason", "理由", ("reason",))
        self.state, self.manned, self.stood_down_at = TRANSITIONS["stand_down"][1], False, now
        return [TeamStoodDown(team_id=self.id, reason=self.stand_down_reason)]

    def plan_patrol(self, route: Sequence[str], times_a_day: int, now: datetime, by: Actor) -> list[EventData]:
        """Where and how often the squad goes (R-35)."""
        self._allow("deploy")
        if not route or not 1 <= times_a_day <= MAX_ROUNDS:
            raise PatrolPlanInvalid(limit=MAX_ROUNDS)
        self.plan = PatrolPlan(route=tuple(route), times_a_day=times_a_day, at=now, by=by)
        return [PatrolPlanned(team_id=self.id, route=list(route), times_a_day=times_a_day)]

    def log_patrol(self, area_id: str, findings: int, note: str | None, now: datetime, by: Actor) -> list[EventData]:
        """An area of the route was walked."""
        self._allow("deploy")
        if self.plan is None or area_id not in self.plan.route:
            raise NoPatrolPlan(path=("areaId",), area=area_id)
        entry = PatrolEntry(at=now, by=by, area_id=area_id, findings=max(0, findings), note=optional(note, ("note",)))
        self.log = [*self.log, entry][-LOG_KEPT:]
        return [PatrolLogged(team_id=self.id, area_id=area_id, findings=entry.findings)]

    def rounds_left(self, now: datetime) -> dict[str, int]:
        """Area of the route → how often it is still to be walked on this local day."""
        if self.plan is None:
            return {}
        today = now.astimezone(LOCAL).date()
        walked = [entry.area_id for entry in self.log if entry.at.astimezone(LOCAL).date() == today]
        return {area: max(0, self.plan.times_a_day - walked.count(area)) for area in self.plan.route}

    def _allow(self, act: Act) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise TeamStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )

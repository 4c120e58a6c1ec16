"""Events of teams and their templates."""

from services.chassis.events import EventData


class TeamTemplateDefined(EventData, frozen=True, kw_only=True):
    type = "huying.routing.team_template.defined.v1"
    template_id: str
    roles: dict[str, int]


class TeamRaised(EventData, frozen=True, kw_only=True):
    type = "huying.routing.team.raised.v1"
    team_id: str
    kind: str
    template_id: str
    unit_id: str
    area_path: list[str]
    roles: dict[str, int]


class TeamStaffed(EventData, frozen=True, kw_only=True):
    """Every role is filled; `members` is responder → role."""

    type = "huying.routing.team.staffed.v1"
    team_id: str
    members: dict[str, str]


class TeamDeployed(EventData, frozen=True, kw_only=True):
    """The team works in an area from now on."""

    type = "huying.routing.team.deployed.v1"
    team_id: str
    area_path: list[str]


class TeamStoodDown(EventData, frozen=True, kw_only=True):
    type = "huying.routing.team.stood_down.v1"
    team_id: str
    reason: str


class PatrolPlanned(EventData, frozen=True, kw_only=True):
    type = "huying.routing.team.patrol_planned.v1"
    team_id: str
    route: list[str]
    times_a_day: int


class PatrolLogged(EventData, frozen=True, kw_only=True):
    """An area of the route was walked; what was noted stays out."""

    type = "huying.routing.team.patrolled.v1"
    team_id: str
    area_id: str
    findings: int

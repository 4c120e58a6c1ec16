"""Refusals of commands on teams and their templates."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class TeamStateForbids(Refusal):
    code = "TEAM_STATE_FORBIDS"
    en = "A team that is {state} cannot be {command}."
    zh = "队伍处于“{state_zh}”状态,不能{command_zh}。"


class TeamIncomplete(Refusal):
    code = "TEAM_INCOMPLETE"
    en = "The team lacks: {missing}."
    zh = "队伍缺少:{missing}。"


class TeamMemberWithoutRole(Refusal):
    code = "TEAM_MEMBER_WITHOUT_ROLE"
    en = "No role of this team is left for: {names}."
    zh = "队伍中没有适合以下人员的角色:{names}。"


class InAnotherTeam(Refusal):
    code = "IN_ANOTHER_TEAM"
    en = "{name} is in another team that has not stood down."
    zh = "{name}已在另一支未解散的队伍中。"


class RolesInvalid(Refusal):
    code = "ROLES_INVALID"
    en = "A template has at least one role, each with a name and a count from 1 to {limit}."
    zh = "模板至少有一个角色,每个角色须有名称,1至{limit}人。"


class UnknownTemplate(Refusal):
    code = "UNKNOWN_TEAM_TEMPLATE"
    en = "There is no team template {template}."
    zh = "没有队伍模板{template}。"


class NotInTeam(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "This is for the members of the team, its unit, or the centre."
    zh = "须由队员、所属机构或指挥中心办理。"


class PatrolPlanInvalid(Refusal):
    code = "PATROL_PLAN_INVALID"
    en = "A patrol has a route of areas and goes 1 to {limit} times a day."
    zh = "巡逻须有路线,每日1至{limit}次。"


class NoPatrolPlan(Refusal):
    code = "NO_PATROL_PLAN"
    en = "This team has no patrol of {area} in its plan."
    zh = "该队伍的巡逻计划中没有{area}。"

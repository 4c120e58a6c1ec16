"""Refusals of commands on deployments."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class DeploymentStateForbids(Refusal):
    code = "DEPLOYMENT_STATE_FORBIDS"
    en = "A deployment that is {state} cannot be {command}."
    zh = "派遣处于“{state_zh}”状态,不能{command_zh}。"


class NobodyAvailable(Refusal):
    code = "NOBODY_AVAILABLE"
    en = "Nobody who is on duty near this matter can be sent; {excluded} at work nearby are not free or not fit for it."
    zh = "附近没有可派遣的在岗力量;另有{excluded}人(队)因故不能派遣。"


class ResponderNotSuitable(Refusal):
    code = "RESPONDER_NOT_SUITABLE"
    en = "{name} cannot be sent to this matter: {reason}."
    zh = "{name}不能派往此事项:{reason_zh}。"


class TeamNotStaffed(Refusal):
    code = "TEAM_NOT_STAFFED"
    en = "This team has no members now."
    zh = "该队伍目前没有队员。"


class NotSent(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "This is for the responder who was sent, or for the centre."
    zh = "须由被派遣人员或指挥中心办理。"


class OrderAlreadyEnded(Refusal):
    code = "ORDER_ALREADY_ENDED"
    en = "The order has ended; nobody is sent to it."
    zh = "工单已结束,不再派遣。"


class MatterWithoutPlace(Refusal):
    code = "MATTER_WITHOUT_PLACE"
    en = "Neither a point nor an area of this matter is known."
    zh = "该事项没有坐标,也没有所在区域。"

"""Refusals of commands on escalations."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class EscalationStateForbids(Refusal):
    code = "ESCALATION_STATE_FORBIDS"
    en = "An escalation that is {state} cannot be {command}."
    zh = "提级处于“{state_zh}”状态,不能{command_zh}。"


class NotAnOwner(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Your post does not own this escalation."
    zh = "您的岗位不是该提级事项的责任岗位。"


class NotAboveOwner(NotAllowed):
    reason = NotAllowedReason.RANK
    en = "Only an owner above, the calling organ or the centre releases an owner."
    zh = "只有上级责任岗位、呼叫单位或中心可以解除责任。"


class LastOwner(Refusal):
    code = "LAST_OWNER"
    en = "Nobody would have the duty any more."
    zh = "不得使事项无人负责。"

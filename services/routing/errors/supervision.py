"""Refusals of commands on supervisions."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class SupervisionStateForbids(Refusal):
    code = "SUPERVISION_STATE_FORBIDS"
    en = "A supervision that is {state} cannot be {command}."
    zh = "督办处于“{state_zh}”状态,不能{command_zh}。"


class SupervisionNotYours(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Another unit has to answer this supervision."
    zh = "该督办由其他单位答复。"


class NothingToSupervise(Refusal):
    code = "NOTHING_TO_SUPERVISE"
    en = "The matter has ended, or is not out yet; nothing is owed on it."
    zh = "该事项已办结或尚未下达,无需督办。"

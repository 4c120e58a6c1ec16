"""Refusals of commands on honours."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class HonourStateForbids(Refusal):
    code = "HONOUR_STATE_FORBIDS"
    en = "An honour that is {state} cannot be {command}."
    zh = "荣誉处于“{state_zh}”状态,不能{command_zh}。"


class WorkNotVerified(Refusal):
    code = "WORK_NOT_VERIFIED"
    en = "Only verified work of the nominated post counts; {work} is none."
    zh = "只有经审核的本岗位工作可以计分,{work}不符合。"


class WorksWrong(Refusal):
    code = "WORKS_WRONG"
    en = "A nomination names between 1 and {limit} works, each once."
    zh = "提名须列出1至{limit}项工作,且不得重复。"


class HonoursOwnUnit(NotAllowed):
    reason = NotAllowedReason.INVOLVED
    en = "A unit does not publish or decline an honour of its own."
    zh = "单位不得审定本单位的荣誉提名。"

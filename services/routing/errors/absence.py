"""Refusals of commands on absences."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class PeriodEmpty(Refusal):
    code = "PERIOD_EMPTY"
    en = "The period must end after it begins, and not in the past."
    zh = "结束时间须晚于开始时间,且不得早于当前时间。"


class TwoStandIns(Refusal):
    code = "TWO_STAND_INS"
    en = "Name a person or a post to stand in, not both."
    zh = "代班只能指定人员或岗位之一。"


class AbsenceOverlaps(Refusal):
    code = "ABSENCE_OVERLAPS"
    en = "The person is already recorded as absent in a part of this time."
    zh = "该人员在此期间已有离岗登记。"


class StandInLoop(Refusal):
    code = "STAND_IN_LOOP"
    en = "The stand-in is absent too, and the chain of stand-ins leads back to the absent person."
    zh = "代班人同期离岗,代班关系绕回本人,形成循环。"


class AbsenceNotYours(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Only the person, the head of the unit or of one above it, the centre or the operator arranges this absence."
    zh = "仅本人、本单位或上级单位负责人、指挥中心或运维人员可办理该离岗事项。"


class AbsenceStateForbids(Refusal):
    code = "ABSENCE_STATE_FORBIDS"
    en = "An absence that is {state} cannot be {command}."
    zh = "离岗状态为“{state_zh}”,不能{command_zh}。"

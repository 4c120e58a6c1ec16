"""Refusals of commands on custody."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class CustodyStateForbids(Refusal):
    code = "CUSTODY_STATE_FORBIDS"
    en = "A chain of custody that is {state} cannot be {command}."
    zh = "交接链处于“{state_zh}”状态,不能{command_zh}。"


class NotTheHolder(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Only the post that holds it may do this."
    zh = "仅现保管岗位可以办理。"


class NotOfferedToYou(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "It is offered to another post."
    zh = "该交接的接收方为其他岗位。"


class SignedByOnePerson(Refusal):
    code = "SIGNED_BY_ONE_PERSON"
    en = "A hand-over is signed by two people."
    zh = "交接须由双方不同人员签字。"


class OfferedToHolder(Refusal):
    code = "OFFERED_TO_HOLDER"
    en = "The post holds it already."
    zh = "该岗位即为现保管方。"

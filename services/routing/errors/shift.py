"""Refusals of commands on shifts."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class ShiftStateForbids(Refusal):
    code = "SHIFT_STATE_FORBIDS"
    en = "The shift is {state}; this cannot be done now."
    zh = "该班次{state_zh},现在不能办理。"


class ShiftPatternInvalid(Refusal):
    code = "SHIFT_PATTERN_INVALID"
    en = (
        "A pattern has 1 to 6 different starts within a day, each a full minute of local time, 1 to 31 days, "
        "and a head-count that holds its roles."
    )
    zh = "排班规律须有1至6个不同的起始时刻(当地时间,到分)、1至31天,且人数不少于各角色之和。"


class ShiftsPlannedAlready(Refusal):
    code = "SHIFTS_PLANNED_ALREADY"
    en = "All these shifts are planned already."
    zh = "这些班次均已排定。"


class ShiftFull(Refusal):
    code = "SHIFT_FULL"
    en = "The shift has {head_count} places; more are assigned."
    zh = "该班次编制{head_count}人,人数已超。"


class OnAnotherShift(Refusal):
    code = "ON_ANOTHER_SHIFT"
    en = "{name} has another shift at that time."
    zh = "{name}在该时段另有班次。"


class OnShiftAlready(Refusal):
    code = "ON_SHIFT_ALREADY"
    en = "This responder is on the shift already."
    zh = "该人员已在此班次。"


class NotOnShift(Refusal):
    code = "NOT_ON_SHIFT"
    en = "This responder is not on the shift."
    zh = "该人员不在此班次。"


class ShiftNotYours(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "This is for the person on the shift, the head of the unit, or the centre."
    zh = "须由当班人员、本单位负责人或指挥中心办理。"


class SwapStateForbids(Refusal):
    code = "SWAP_STATE_FORBIDS"
    en = "The swap is {state}; this cannot be done any more."
    zh = "该换班申请{state_zh},不能再办理。"


class SwapBreaksComposition(Refusal):
    code = "SWAP_BREAKS_COMPOSITION"
    en = "The shift would then lack: {missing}."
    zh = "换班后将缺少:{missing}。"


class TakeOverNeedsRequest(Refusal):
    code = "TAKE_OVER_NEEDS_REQUEST"
    en = "{name} is not on a scene; ask for a swap."
    zh = "{name}不在现场处置,请申请换班。"

"""Refusals common to work in the field: inspections, hazards, tasks of a grid."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class UnknownUnit(Refusal):
    code = "UNKNOWN_UNIT"
    en = "There is no unit {unit}."
    zh = "没有机构{unit}。"


class UnknownArea(Refusal):
    code = "UNKNOWN_AREA"
    en = "There is no area {area} that you may act in."
    zh = "没有您可办理的区域{area}。"


class FieldWorkNotYours(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Another post or unit does this work."
    zh = "该工作由其他岗位或单位负责。"

"""Refusals about the mode of command."""

from services.chassis.errors import Refusal


class ModeAlready(Refusal):
    code = "MODE_ALREADY"
    en = "Area {area} is in this mode already: {mode}."
    zh = "区域{area}已处于{mode_zh}状态。"

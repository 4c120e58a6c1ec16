"""Why a policy cannot be used: each names what is wrong."""

from services.chassis.errors import Refusal


class UnknownLadder(Refusal):
    code = "UNKNOWN_LADDER"
    en = "There is no ladder {ladder} in this policy."
    zh = "该政策中没有提级阶梯{ladder}。"


class UnknownCalendar(Refusal):
    code = "UNKNOWN_CALENDAR"
    en = "There is no calendar {calendar} in this policy."
    zh = "该政策中没有日历{calendar}。"


class NamedTwice(Refusal):
    code = "NAMED_TWICE"
    en = "{name} is there twice."
    zh = "{name}重复。"


class DurationNotAboveZero(Refusal):
    code = "DURATION_NOT_ABOVE_ZERO"
    en = "A duration must be above zero."
    zh = "时长须大于零。"


class ClimbWithoutLevel(Refusal):
    code = "CLIMB_WITHOUT_LEVEL"
    en = "Ladder {ladder}: a climb names its level."
    zh = "阶梯{ladder}:提级步骤须写明层级。"

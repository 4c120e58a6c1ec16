"""Refusals about versions of rules and policy."""

from collections.abc import Sequence

from services.chassis.errors import Refusal


class ConfigurationInForce(Refusal):
    code = "CONFIGURATION_IN_FORCE"
    en = "Version {number} is in force already."
    zh = "第{number}版已在施行。"


class ConfigurationUnusable(Refusal):
    """What was drafted cannot be used. A payload lists `problems` in its place: each names one thing that is wrong, and where."""

    code = "CONFIGURATION_UNUSABLE"
    en = "This version cannot be used: {count} problems."
    zh = "该版本不可用:{count}处问题。"

    def __init__(self, problems: Sequence[Refusal]) -> None:
        self.problems = tuple(problems)
        super().__init__(count=len(problems))

"""A version of the policy, and what must hold in it."""

from collections.abc import Container, Iterator, Sequence
from datetime import timedelta

import msgspec

from services.chassis.errors import Refusal
from services.routing.errors.common import UnknownPost
from services.routing.errors.policy import (
    ClimbWithoutLevel,
    DurationNotAboveZero,
    NamedTwice,
    UnknownCalendar,
    UnknownLadder,
)
from services.routing.errors.rules import UnknownArea, UnknownCategory
from services.routing.events.policy import PolicyActivated, PolicyDrafted, PolicySuperseded
from services.routing.model.rules.configuration import Configuration
from services.routing.model.rules.policy import Ladder, Policy, StepKind, Waits, When

_Path = tuple[str, ...]
_ROOT: _Path = ("policy",)


class PolicyVersion(Configuration[Policy], kw_only=True):
    """The whole policy, in one version."""

    prefix = "policy"
    announce_draft = PolicyDrafted
    announce_activation = PolicyActivated
    announce_end = PolicySuperseded

    @property
    def numbered(self) -> Policy:
        """The policy under the number of its version, which what is done by it keeps."""
        return msgspec.structs.replace(self.content, version=self.number)


def policy_problems(
    policy: Policy, areas: Container[str], posts: Container[str], categories: Container[str] | None
) -> Iterator[Refusal]:
    """What keeps a policy from being used, each with its path below `policy`; `categories` None: not known yet."""
    calendars = {calendar.id for calendar in policy.calendars}
    ladders = {ladder.id for ladder in policy.ladders}
    yield from _twice("calendars", [calendar.id for calendar in policy.calendars])
    yield from _twice("ladders", [ladder.id for ladder in policy.ladders])
    for index, clock in enumerate(policy.clocks):
        at, target = (*_ROOT, "clocks", str(index), "target"), clock.target
        if target.within <= timedelta():
            yield DurationNotAboveZero(path=(*at, "within"))
        if target.calendar not in calendars:
            yield UnknownCalendar(path=(*at, "calendar"), calendar=target.calendar)
        if target.ladder is not None and target.ladder not in ladders:
            yield UnknownLadder(path=(*at, "ladder"), ladder=target.ladder)
    yield from _twice("campaigns", [template.id for template in policy.campaigns])
    for index, template in enumerate(policy.campaigns):
        if template.lasts <= timedelta():
            yield DurationNotAboveZero(path=(*_ROOT, "campaigns", str(index), "lasts"))
    yield from _wait_problems(policy.waits)
    for index, ladder in enumerate(policy.ladders):
        yield from _ladder_problems((*_ROOT, "ladders", str(index)), ladder, calendars, posts)
    asked: dict[str, list[When]] = {
        "clocks": [rule.when for rule in policy.clocks],
        "grades": [rule.when for rule in policy.grades],
        "evidence": [rule.when for rule in policy.evidence],
    }
    for part, conditions in asked.items():
        for index, when in enumerate(conditions):
            category = when.category
            if category is not None and categories is not None and category not in categories:
                yield UnknownCategory(path=(*_ROOT, part, str(index), "when", "category"), category=category)
    for index, command in enumerate(policy.command):
        at = (*_ROOT, "command", str(index))
        if command.post not in posts:
            yield UnknownPost(path=(*at, "post"), post=command.post)
        if command.area is not None and command.area not in areas:
            yield UnknownArea(path=(*at, "area"), area=command.area)


def _wait_problems(waits: Waits) -> Iterator[Refusal]:
    named: dict[_Path, timedelta] = {
        ("directive_climb",): waits.directive_climb,
        ("hazard_recheck",): waits.hazard_recheck,
        ("custody_answer",): waits.custody_answer,
    }
    named |= {("supervision_answer", level.value): within for level, within in waits.supervision_answer.items()}
    for at, within in named.items():
        if within <= timedelta():
            yield DurationNotAboveZero(path=(*_ROOT, "waits", *at))


def _ladder_problems(at: _Path, ladder: Ladder, calendars: Container[str], posts: Container[str]) -> Iterator[Refusal]:
    if ladder.calendar not in calendars:
        yield UnknownCalendar(path=(*at, "calendar"), calendar=ladder.calendar)
    for index, step in enumerate(ladder.steps):
        where = (*at, "steps", str(index))
        if step.post is not None and step.post not in posts:
            yield UnknownPost(path=(*where, "post"), post=step.post)
        if step.kind is StepKind.CLIMB and step.level is None:
            yield ClimbWithoutLevel(path=(*where, "level"), ladder=ladder.id)


def _twice(part: str, names: Sequence[str]) -> Iterator[Refusal]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield NamedTwice(path=(*_ROOT, part, str(index), "id"), name=name)

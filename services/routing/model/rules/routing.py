"""The routing decision: who leads a matter, by which rule or ruling, and why no earlier rule did. A pure function of facts and directory.

The first rule in order that holds and finds a post wins. A dispute is decided by the mediation rules only: first those for its
category, then those for any category of the same kind of dispute. What no rule settles goes to the centre, with the reason.
A ruling in force for such matters names the lead instead of the rule, whose clocks stay (R-32): rulings come before rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Literal

import msgspec

from services.routing.errors.organisation import OrganisationNotLoaded
from services.routing.model.clock.calendar import LOCAL
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post, Rule, UnitKind
from services.routing.model.rules.conditions import ONE_OF, Condition, Conditions, Window
from services.routing.model.rules.rules import Precedent

_REMEMBERED = 50_000


class WhyNot(StrEnum):
    """Why a rule before the deciding one did not decide: the first of its conditions that does not hold, or nobody to lead."""

    OTHER_CATEGORY = "other_category"
    OTHER_AREA = "other_area"
    AREA_TOO_COARSE = "area_too_coarse"
    OTHER_TIME = "other_time"
    OTHER_KIND = "other_kind"
    OTHER_CALL_LEVEL = "other_call_level"
    OTHER_CHANNEL = "other_channel"
    OTHER_TRACK = "other_track"
    OTHER_MODE = "other_mode"
    OTHER_URGENCY = "other_urgency"
    OTHER_SENSITIVITY = "other_sensitivity"
    NOT_FOR_DISPUTES = "not_for_disputes"
    NO_COMPETENT_POST = "no_competent_post"


class Unresolved(StrEnum):
    """Why the centre gets a matter that no rule of its own settles."""

    UNKNOWN_AREA = "unknown_area"
    NO_MEDIATION_RULE = "no_mediation_rule"


CONDITION_OF: dict[WhyNot, Condition] = {
    WhyNot.OTHER_CATEGORY: Condition.CATEGORY,
    WhyNot.OTHER_AREA: Condition.AREA,
    WhyNot.AREA_TOO_COARSE: Condition.AREA_LEVEL,
    WhyNot.OTHER_TIME: Condition.TIME,
    WhyNot.OTHER_KIND: Condition.KIND,
    WhyNot.OTHER_CALL_LEVEL: Condition.CALL_LEVEL,
    WhyNot.OTHER_CHANNEL: Condition.CHANNEL,
    WhyNot.OTHER_TRACK: Condition.TRACK,
    WhyNot.OTHER_MODE: Condition.MODE,
    WhyNot.OTHER_URGENCY: Condition.URGENCY,
    WhyNot.OTHER_SENSITIVITY: Condition.SENSITIVITY,
}
_WHY_OF = {condition: why for why, condition in CONDITION_OF.items()}


class PassedOver(msgspec.Struct, frozen=True):
    """An earlier rule (or a ruling whose post is gone), why it did not decide, and what it asked for."""

    rule_id: str
    why: WhyNot
    expected: tuple[str, ...] = ()


class Met(msgspec.Struct, frozen=True):
    """A condition of the rule that decided, and what it asked for."""

    condition: Condition
    expected: tuple[str, ...]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What routing looks at. Paths run from the top to the thing itself; `dispute_type` makes it a dispute.

    `overlays` are areas outside the tree that the place lies in; `at` is the moment of the decision.
    """

    category_path: tuple[str, ...]
    area_path: tuple[str, ...]
    overlays: tuple[str, ...] = ()
    dispute_type: str | None = None
    kind: str | None = None
    call_level: str | None = None
    channel: str | None = None
    track: str | None = None
    mode: str | None = None
    urgency: str | None = None
    sensitivity: str | None = None
    at: datetime | None = None

    def actual(self, condition: Condition) -> tuple[str, ...]:
        """What the matter has to show for a condition."""
        if condition is Condition.CATEGORY:
            return self.category_path
        if condition in (Condition.AREA, Condition.AREA_LEVEL):
            return (*self.area_path, *self.overlays)
        if condition is Condition.TIME:
            return (f"{self.at.astimezone(LOCAL):%Y-%m-%d %H:%M}",) if self.at else ()
        value = getattr(self, condition.value)
        return () if value is None else (value,)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The decision: path, lead and clocks, the rule that decided, what it asked for, and every earlier rule with its reason.

    `ruling_id` names the ruling that put its own lead in the place of the rule's.
    """

    path: Literal["order", "mediation"]
    rule_id: str
    lead_post: str
    lead_unit: str
    accept_minutes: int | None
    resolve_hours: int | None
    unresolved: Unresolved | None
    passed_over: tuple[PassedOver, ...]
    met: tuple[Met, ...] = ()
    ruling_id: str | None = None


class RoutingTable:
    """The rules of one directory, compiled. Decisions are remembered by what the rules look at, because matters recur; of the time
    only the windows that rules name count. Rulings are few for any one category and are looked up each time."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rules = tuple(sorted(directory.rules, key=lambda rule: rule.order))
        self._last_resort = next((rule for rule in reversed(self._rules) if rule.holds_everywhere), None)
        self._by_kind: dict[UnitKind, list[Post]] = {}
        for post in directory.posts.values():
            self._by_kind.setdefault(directory.units[post.unit_id].kind, []).append(post)
        self._precedents: dict[str | None, list[Precedent]] = {}
        for precedent in directory.precedents:
            self._precedents.setdefault(precedent.category, []).append(precedent)
        self._windows = tuple(dict.fromkeys(rule.when.time for rule in self._rules if rule.when.time))
        asked = [condition.value for field, condition in ONE_OF if any(getattr(r.when, field) for r in self._rules)]
        self._looked_at: attrgetter[Any] = attrgetter("category_path", "area_path", "overlays", "dispute_type", *asked)
        self._decided: dict[Any, Verdict] = {}

    def decide(self, facts: Facts) -> Verdict:
        """Who leads a matter with these facts. Raises OrganisationNotLoaded."""
        key = self._looked_at(facts)
        if self._windows:
            key = (key, _open(self._windows, facts.at))
        verdict = self._decided.get(key)
        if verdict is None:
            if len(self._decided) >= _REMEMBERED:
                self._decided.clear()
            verdict = self._decided[key] = self._decide(facts)
        return self._with_ruling(verdict, facts) if self._precedents else verdict

    def _with_ruling(self, verdict: Verdict, facts: Facts) -> Verdict:
        """The verdict with the lead of the closest ruling in force; of two as close the newer."""
        if verdict.path != "order" or verdict.unresolved:
            return verdict
        named = [one for code in (None, *facts.category_path) for one in self._precedents.get(code, ())]
        fitting = [one for one in named if _applies(one, facts)]
        gone = [PassedOver(one.id, WhyNot.NO_COMPETENT_POST) for one in fitting if one.post_id not in self._posts]
        standing = [one for one in fitting if one.post_id in self._posts]
        passed_over = (*gone, *verdict.passed_over)
        if not standing:
            return msgspec.structs.replace(verdict, passed_over=passed_over) if gone else verdict
        places = (*facts.area_path, *facts.overlays)
        closest = max(
            standing,
            key=lambda one: (
                _deepest(places, (one.area_id,)),
                _deepest(facts.category_path, (one.category,)),
                one.valid_from,
                one.id,
            ),
        )
        post = self._posts[closest.post_id]
        return msgspec.structs.replace(
            verdict,
            ruling_id=closest.id,
            lead_post=post.id,
            lead_unit=post.unit_id,
            met=_asked(closest.category, closest.area_id, None, closest.when),
            passed_over=passed_over,
        )

    @property
    def _posts(self) -> Mapping[str, Post]:
        return self._directory.posts

    def _decide(self, facts: Facts) -> Verdict:
        last = self._last_resort
        if last is None:
            raise OrganisationNotLoaded
        if not any(area_id in self._directory.areas for area_id in facts.area_path):
            return self._to_centre(last, facts, Unresolved.UNKNOWN_AREA, ())
        passed: list[PassedOver] = []
        for rule in self._rules:
            reason = self._why_not(rule, facts)
            post = self._lead(rule, facts.category_path, facts.area_path) if reason is None else None
            if post is not None:
                return self._verdict(rule, post, passed)
            passed.append(reason or PassedOver(rule.id, WhyNot.NO_COMPETENT_POST))
        if facts.dispute_type:
            for rule in self._rules_of_type(facts.dispute_type):
                path = (rule.category,) if rule.category else ()
                elsewhere = self._elsewhere(rule, facts) or self._otherwise(rule, facts)
                if elsewhere is None and (post := self._lead(rule, path, facts.area_path)):
                    return self._verdict(rule, post, [row for row in passed if row.rule_id != rule.id])
        return self._to_centre(last, facts, Unresolved.NO_MEDIATION_RULE, passed)

    def _why_not(self, rule: Rule, facts: Facts) -> PassedOver | None:
        if facts.dispute_type and rule.path != "mediation":
            return PassedOver(rule.id, WhyNot.NOT_FOR_DISPUTES)
        if rule.category is not None and rule.category not in facts.category_path:
            return PassedOver(rule.id, WhyNot.OTHER_CATEGORY, (rule.category,))
        return self._elsewhere(rule, facts) or self._otherwise(rule, facts)

    def _elsewhere(self, rule: Rule, facts: Facts) -> PassedOver | None:
        if rule.area_id is not None and rule.area_id not in facts.area_path and rule.area_id not in facts.overlays:
            return PassedOver(rule.id, WhyNot.OTHER_AREA, (rule.area_id,))
        if rule.area_level is not None:
            areas = self._directory.areas
            if all(areas[area_id].level != rule.area_level for area_id in facts.area_path if area_id in areas):
                return PassedOver(rule.id, WhyNot.AREA_TOO_COARSE, (rule.area_level,))
        return None

    def _otherwise(self, rule: Rule, facts: Facts) -> PassedOver | None:
        failing = _first_failing(rule.when, facts)
        return PassedOver(rule.id, _WHY_OF[failing.condition], failing.expected) if failing else None

    def _rules_of_type(self, dispute_type: str) -> Iterable[Rule]:
        types = self._directory.dispute_types
        return (
            r for r in self._rules if r.path == "mediation" and r.category and types.get(r.category) == dispute_type
        )

    def _lead(self, rule: Rule, category_path: Sequence[str], area_path: Sequence[str]) -> Post | None:
        """The post the rule's lead stands for here: of several the one for the smallest area, then the closest competence."""
        lead = rule.lead
        if lead.post_id is not None:
            return self._directory.posts.get(lead.post_id)
        ranked: list[tuple[int, int, str]] = []
        for post in self._by_kind.get(lead.unit_kind, ()) if lead.unit_kind else ():
            if lead.level is not None and post.level != lead.level:
                continue
            area = _deepest(area_path, post.area_ids)
            competence = _deepest(category_path, post.competences)
            if area >= 0 and (competence >= 0 or not lead.competence):
                ranked.append((-area, -competence, post.id))
        return self._directory.posts[min(ranked)[2]] if ranked else None

    def _verdict(
        self,
        rule: Rule,
        post: Post,
        passed: Sequence[PassedOver],
        unresolved: Unresolved | None = None,
        path: Literal["order", "mediation"] | None = None,
    ) -> Verdict:
        return Verdict(
            path=path or rule.path,
            rule_id=rule.id,
            lead_post=post.id,
            lead_unit=post.unit_id,
            accept_minutes=rule.accept_minutes,
            resolve_hours=rule.resolve_hours,
            unresolved=unresolved,
            passed_over=tuple(passed),
            met=_asked(rule.category, rule.area_id, rule.area_level, rule.when),
        )

    def _to_centre(self, last: Rule, facts: Facts, unresolved: Unresolved, passed: Sequence[PassedOver]) -> Verdict:
        post = self._directory.posts[last.lead.post_id or ""]  # the loader refuses a last resort without its post
        earlier = [row for row in passed if row.rule_id != last.id]
        return self._verdict(last, post, earlier, unresolved, "mediation" if facts.dispute_type else "order")


def _open(windows: Sequence[Window], at: datetime | None) -> tuple[bool, ...]:
    """Which of the windows the moment lies in."""
    if at is None:
        return ()
    local = at.astimezone(LOCAL)
    return tuple(window.holds(local) for window in windows)


def _first_failing(when: Conditions, facts: Facts) -> Met | None:
    if when.time and not (facts.at and when.time.holds(facts.at.astimezone(LOCAL))):
        return Met(Condition.TIME, (str(when.time),))
    for field, condition in ONE_OF:
        values = getattr(when, field)
        if values and getattr(facts, condition.value) not in values:
            return Met(condition, values)
    return None


def _asked(category: str | None, area_id: str | None, area_level: str | None, when: Conditions) -> tuple[Met, ...]:
    """Every condition that is set, with what it asks for."""
    single = ((Condition.CATEGORY, category), (Condition.AREA, area_id), (Condition.AREA_LEVEL, area_level))
    asked = [Met(condition, (value,)) for condition, value in single if value is not None]
    if when.time:
        asked.append(Met(Condition.TIME, (str(when.time),)))
    asked += [Met(condition, values) for field, condition in ONE_OF if (values := getattr(when, field))]
    return tuple(asked)


def _applies(precedent: Precedent, facts: Facts) -> bool:
    """Whether a ruling is in force at the moment and speaks of such a matter; its category is known to fit."""
    if facts.at is None or facts.at < precedent.valid_from or (precedent.valid_to and facts.at >= precedent.valid_to):
        return False
    there = precedent.area_id in (None, *facts.area_path, *facts.overlays)
    return there and _first_failing(precedent.when, facts) is None


def _deepest(path: Sequence[str], named: Sequence[str | None]) -> int:
    """The position of the last element of `path` that is in `named`, -1 without one."""
    return max((index for index, item in enumerate(path) if item in named), default=-1)

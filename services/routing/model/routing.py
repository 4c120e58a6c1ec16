"""The routing decision: who leads a matter, by which rule, and why no earlier rule did. A pure function of facts and directory.

The first rule in order that holds and finds a post wins. A dispute is decided by the mediation rules only: first those for its
category, then those for any category of the same kind of dispute. What no rule settles goes to the centre, with the reason.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Literal

import msgspec

from services.routing.errors.organisation import OrganisationNotLoaded
from services.routing.model.directory import Directory
from services.routing.model.organisation import Post, Rule, UnitKind

_REMEMBERED = 50_000


class WhyNot(StrEnum):
    """Why a rule before the deciding one did not decide."""

    OTHER_CATEGORY = "other_category"
    OTHER_AREA = "other_area"
    AREA_TOO_COARSE = "area_too_coarse"
    NOT_FOR_DISPUTES = "not_for_disputes"
    NO_COMPETENT_POST = "no_competent_post"


class Unresolved(StrEnum):
    """Why the centre gets a matter that no rule of its own settles."""

    UNKNOWN_AREA = "unknown_area"
    NO_MEDIATION_RULE = "no_mediation_rule"


class PassedOver(msgspec.Struct, frozen=True):
    """An earlier rule and why it did not decide."""

    rule_id: str
    why: WhyNot


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What routing looks at. Paths run from the top to the thing itself; `dispute_type` makes it a dispute."""

    category_path: tuple[str, ...]
    area_path: tuple[str, ...]
    dispute_type: str | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The decision: path, lead and clocks, the rule that decided and every earlier rule with its reason."""

    path: Literal["order", "mediation"]
    rule_id: str
    lead_post: str
    lead_unit: str
    accept_minutes: int
    resolve_hours: int
    unresolved: Unresolved | None
    passed_over: tuple[PassedOver, ...]


class RoutingTable:
    """The rules of one directory, compiled; decisions are remembered, because matters of a category and area recur."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rules = tuple(sorted(directory.rules, key=lambda rule: rule.order))
        self._last_resort = next((rule for rule in reversed(self._rules) if rule.holds_everywhere), None)
        self._by_kind: dict[UnitKind, list[Post]] = {}
        for post in directory.posts.values():
            self._by_kind.setdefault(directory.units[post.unit_id].kind, []).append(post)
        self._decided: dict[Facts, Verdict] = {}

    def decide(self, facts: Facts) -> Verdict:
        """Who leads a matter with these facts. Raises OrganisationNotLoaded."""
        verdict = self._decided.get(facts)
        if verdict is None:
            if len(self._decided) >= _REMEMBERED:
                self._decided.clear()
            verdict = self._decided[facts] = self._decide(facts)
        return verdict

    def _decide(self, facts: Facts) -> Verdict:
        last = self._last_resort
        if last is None:
            raise OrganisationNotLoaded
        if not any(area_id in self._directory.areas for area_id in facts.area_path):
            return self._to_centre(last, facts, Unresolved.UNKNOWN_AREA, ())
        passed: list[PassedOver] = []
        for rule in self._rules:
            why = self._why_not(rule, facts)
            post = self._lead(rule, facts.category_path, facts.area_path) if why is None else None
            if post is not None:
                return self._verdict(rule, post, passed)
            passed.append(PassedOver(rule.id, why or WhyNot.NO_COMPETENT_POST))
        if facts.dispute_type:
            for rule in self._rules_of_type(facts.dispute_type):
                path = (rule.category,) if rule.category else ()
                if self._place_fits(rule, facts) is None and (post := self._lead(rule, path, facts.area_path)):
                    return self._verdict(rule, post, [row for row in passed if row.rule_id != rule.id])
        return self._to_centre(last, facts, Unresolved.NO_MEDIATION_RULE, passed)

    def _why_not(self, rule: Rule, facts: Facts) -> WhyNot | None:
        if facts.dispute_type and rule.path != "mediation":
            return WhyNot.NOT_FOR_DISPUTES
        if rule.category is not None and rule.category not in facts.category_path:
            return WhyNot.OTHER_CATEGORY
        return self._place_fits(rule, facts)

    def _place_fits(self, rule: Rule, facts: Facts) -> WhyNot | None:
        if rule.area_id is not None and rule.area_id not in facts.area_path:
            return WhyNot.OTHER_AREA
        if rule.area_level is not None:
            areas = self._directory.areas
            if all(areas[area_id].level != rule.area_level for area_id in facts.area_path if area_id in areas):
                return WhyNot.AREA_TOO_COARSE
        return None

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
        )

    def _to_centre(self, last: Rule, facts: Facts, unresolved: Unresolved, passed: Sequence[PassedOver]) -> Verdict:
        post = self._directory.posts[last.lead.post_id or ""]  # the loader refuses a last resort without its post
        earlier = [row for row in passed if row.rule_id != last.id]
        return self._verdict(last, post, earlier, unresolved, "mediation" if facts.dispute_type else "order")


def _deepest(path: Sequence[str], named: Sequence[str]) -> int:
    """The position of the last element of `path` that is in `named`, -1 without one."""
    return max((index for index, item in enumerate(path) if item in named), default=-1)

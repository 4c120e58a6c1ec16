"""The organisation in force, as one immutable value held in memory: looked up by routing, by commands and by queries."""

import dataclasses
import functools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from services.routing.model.organisation.organisation import (
    AreaLevel,
    Person,
    Post,
    PostLevel,
    Rule,
    TeamRole,
    Unit,
    UnitKind,
)
from services.routing.model.organisation.overlay import Overlays
from services.routing.model.organisation.staffing import Away, Holding, Staffing
from services.routing.model.organisation.teams import Member, team
from services.routing.model.rules.matter import Mode
from services.routing.model.rules.policy import DEFAULT_POLICY, Policy
from services.routing.model.rules.rules import Precedent


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An area without its outline."""

    id: str
    level: AreaLevel
    name: str
    name_en: str
    parent_id: str | None
    path: tuple[str, ...]
    households: int | None = None
    population: int | None = None
    area_version: int
    retired: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Directory:
    """One version of the organisation. `dispute_types` is category code → kind of dispute, from the category tree.

    `rule_set` numbers the routing rules in force; `precedents` are the rulings in force; `emergencies` the areas in emergency mode.
    """

    version: int = 0
    absences_version: int = 0
    areas: Mapping[str, Place] = dataclasses.field(default_factory=dict)
    overlays: Overlays = dataclasses.field(default_factory=Overlays)
    units: Mapping[str, Unit] = dataclasses.field(default_factory=dict)
    people: Mapping[str, Person] = dataclasses.field(default_factory=dict)
    posts: Mapping[str, Post] = dataclasses.field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    rule_set: int = 0
    precedents: tuple[Precedent, ...] = ()
    emergencies: Collection[str] = frozenset()
    dispute_types: Mapping[str, str] = dataclasses.field(default_factory=dict)
    policy: Policy = DEFAULT_POLICY
    away: Mapping[str, tuple[Away, ...]] = dataclasses.field(default_factory=dict)

    @property
    def loaded(self) -> bool:
        """Whether there is something to route by."""
        return bool(self.rules and self.posts)

    def rule(self, rule_id: str | None) -> Rule | None:
        """The routing rule in force with this id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    @property
    def area_ids(self) -> set[str]:
        """What a rule or a ruling may name: the areas that are not retired, and the overlay grids."""
        return {area.id for area in self.areas.values() if not area.retired} | set(self.overlays.by_id)

    def mode(self, area_path: Sequence[str]) -> Mode:
        """How command works in a place: in an emergency when any area that it lies in is switched to it (R-30)."""
        return Mode.EMERGENCY if any(area_id in self.emergencies for area_id in area_path) else Mode.ROUTINE

    def commander(self, level: PostLevel, area_path: Sequence[str]) -> Post | None:
        """The post that the policy names for a rung in the mode of a place: the one for the smallest area; None: none is named."""
        mode = self.mode(area_path)
        named = [
            (-1 if one.area is None else area_path.index(one.area), one.post)
            for one in self.policy.command
            if (one.mode, one.level) == (mode, level) and one.post in self.posts and one.area in (None, *area_path)
        ]
        return self.posts[max(named)[1]] if named else None

    @functools.cached_property
    def posts_by_level(self) -> Mapping[PostLevel, Sequence[Post]]:
        """The posts of each rung."""
        found: defaultdict[PostLevel, list[Post]] = defaultdict(list)
        for post in self.posts.values():
            found[post.level].append(post)
        return found

    @functools.cached_property
    def centre_posts(self) -> Mapping[str, Post]:
        """The posts of command centres, by id."""
        centres = {unit.id for unit in self.units.values() if unit.kind is UnitKind.CENTRE}
        return {post.id: post for post in self.posts.values() if post.unit_id in centres}

    @property
    def staffing(self) -> Staffing:
        """Posts with the absences of who holds them."""
        return Staffing(self.posts, self.away)

    def holder(self, post_id: str, at: datetime) -> Holding | None:
        """Who answers for a post at a moment: A, B or along the chain of stand-ins; None is a gap (R-18)."""
        return self.staffing.holder(post_id, at)

    def team(self, area_id: str, roles: Sequence[TeamRole]) -> list[Member]:
        """The posts that fill `roles` for an area (R-17, R-25)."""
        return team(self.posts.values(), self.areas[area_id].path, roles)

    def competent(self, category_path: Sequence[str], area_path: Sequence[str]) -> list[Post]:
        """The posts competent for a category and in an area, either of which may be empty for any (R-05)."""
        return [
            post
            for post in self.posts.values()
            if (not category_path or not set(category_path).isdisjoint(post.competences))
            and (not area_path or not set(area_path).isdisjoint(post.area_ids))
        ]

    def units_above(self, unit_id: str) -> Iterator[Unit]:
        """A unit and those above it, upwards."""
        unit = self.units.get(unit_id)
        while unit:
            yield unit
            unit = self.units.get(unit.parent_id) if unit.parent_id else None

    def seat(self, post_id: str) -> tuple[str, ...]:
        """The path of the area a post answers for: the place of a matter whose own place is not known."""
        areas = (self.areas.get(area_id) for area_id in self.posts[post_id].area_ids)
        return next((area.path for area in areas if area), ())

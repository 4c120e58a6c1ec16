"""The organisation as it is loaded: units, posts held by people, responders and routing rules, and what must hold between them.

Work is addressed to posts, never to people (domain.md §3.0).
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

import msgspec

from services.routing.model.organisation.overlay import OverlayGrid
from services.routing.model.rules.conditions import Conditions


class AreaLevel(StrEnum):
    """A level of the grid hierarchy (R-16), from the top."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    MICRO_GRID = "micro_grid"
    BUILDING = "building"


class UnitKind(StrEnum):
    """What sort of organisation a unit is."""

    DISTRICT_DEPARTMENT = "district_department"
    STREET_SECTION = "street_section"
    COMMUNITY_COMMITTEE = "community_committee"
    STATIONED_UNIT = "stationed_unit"
    BOARD = "board"
    CENTRE = "centre"
    MEDIATION_ROOM = "mediation_room"


class PostLevel(StrEnum):
    """The rung of the ladder a post answers on (R-01)."""

    GRID = "grid"
    COMMUNITY = "community"
    STREET = "street"
    DEPARTMENT = "department"
    DISTRICT = "district"


_LEVELS = list(AreaLevel)
# A grid's households (seed 004): outside it is worth a word, never a refusal.
HOUSEHOLDS = range(300, 501)


class TeamRole(StrEnum):
    """What a post is in the team of its grid (R-17) or for its building (R-25)."""

    STREET_LEADER = "street_leader"
    MIDDLE_CADRE = "middle_cadre"
    COMMUNITY_HEAD = "community_head"
    POLICE = "police"
    LAWYER = "lawyer"
    ATTENDANT = "attendant"
    RESIDENT_BUILDING_LEADER = "resident_building_leader"
    POSTED_BUILDING_LEADER = "posted_building_leader"


class AreaRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An area as the file gives it; `path` runs from the district to the area itself."""

    id: str
    level: AreaLevel
    name: str
    name_en: str
    parent_id: str | None
    path: tuple[str, ...]
    households: int | None = None
    population: int | None = None
    boundary: dict[str, Any]


def outside_norm(level: AreaLevel, households: int | None) -> bool:
    """Whether an area is a grid of fewer or more households than the norm."""
    return level is AreaLevel.GRID and households is not None and households not in HOUSEHOLDS


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation in an area; the holder of `head_post_id` runs it, and may arrange absences of its people."""

    id: str
    name: str
    name_en: str
    kind: UnitKind
    parent_id: str | None
    area_id: str
    level: str
    phone: str | None = None
    duty_phone: str | None = None
    head_post_id: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A holder of posts, by display name."""

    id: str
    name: str


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post of a unit: competent for categories, in areas, held by A, in A's absence by B (R-18, R-19)."""

    id: str
    title: str
    title_en: str
    unit_id: str
    level: PostLevel
    area_ids: tuple[str, ...]
    competences: tuple[str, ...]
    role_a: str
    role_b: str | None
    phone: str | None = None
    team_role: TeamRole | None = None


class Responder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, or a team, that can be sent."""

    id: str
    kind: str
    person_id: str | None
    name: str
    home_area_id: str
    skills: tuple[str, ...]


class Lead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which post leads: one by id, or a post of a kind of unit in the matter's area."""

    post_id: str | None = None
    unit_kind: UnitKind | None = None
    competence: bool = False
    level: PostLevel | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One routing rule. The lowest `order` that holds for a matter and finds a post decides.

    `category` holds for itself and everything below it; so does `area_id`, which may be an overlay grid; `area_level` holds when
    the place is known at least so finely. Its times, where it has any, stand in place of the policy's and run round the clock.
    """

    id: str
    order: int
    category: str | None
    area_level: AreaLevel | None
    area_id: str | None
    path: Literal["order", "mediation"]
    lead: Lead
    accept_minutes: int | None = None
    resolve_hours: int | None = None
    note: str
    when: Conditions = Conditions()

    @property
    def holds_everywhere(self) -> bool:
        """Whether it can be the last resort: any category, any place, always, a post by id."""
        anywhere = (
            self.category is None and self.area_level is None and self.area_id is None and self.when == Conditions()
        )
        return anywhere and self.path == "order" and self.lead.post_id is not None


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    version: int
    district: str
    areas: tuple[AreaRecord, ...]
    overlays: tuple[OverlayGrid, ...] = ()
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    posts: tuple[Post, ...]
    responders: tuple[Responder, ...]
    rules: tuple[Rule, ...]

    def problems(self) -> list[str]:
        """What is wrong between the records; empty when they can be loaded. Rules: see `rule_problems`."""
        return [*self._repeated(), *self._area_problems(), *self._dangling()]

    def warnings(self) -> list[str]:
        """What is worth a look and no reason to refuse."""
        leaders = {(area_id, post.team_role) for post in self.posts for area_id in post.area_ids}
        return [
            f"area {area.id}: {area.households} households, the norm is {HOUSEHOLDS.start} to {HOUSEHOLDS.stop - 1}"
            for area in self.areas
            if outside_norm(area.level, area.households)
        ] + [
            f"area {area.id}: no {role}"
            for area in self.areas
            for role in (TeamRole.RESIDENT_BUILDING_LEADER, TeamRole.POSTED_BUILDING_LEADER)
            if area.level is AreaLevel.BUILDING and (area.id, role) not in leaders
        ]

    def _repeated(self) -> Iterator[str]:
        kinds: dict[str, Sequence[Any]] = {
            "areas": (*self.areas, *self.overlays),
            "units": self.units,
            "people": self.people,
            "posts": self.posts,
            "responders": self.responders,
            "rules": self.rules,
        }
        for kind, records in kinds.items():
            seen: set[str] = set()
            for record in records:
                if record.id in seen:
                    yield f"{kind}: {record.id} is there twice"
                seen.add(record.id)

    def _area_problems(self) -> Iterator[str]:
        by_id = {area.id: area for area in self.areas}
        for area in self.areas:
            parent = by_id.get(area.parent_id) if area.parent_id else None
            if area.parent_id and parent is None:
                yield f"area {area.id}: no parent {area.parent_id}"
                continue
            expected = (*parent.path, area.id) if parent else (area.id,)
            if area.path != expected:
                yield f"area {area.id}: the path does not run through its parent"
            if parent and _LEVELS.index(area.level) <= _LEVELS.index(parent.level):
                yield f"area {area.id}: a {area.level} does not lie in a {parent.level}"
        for overlay in self.overlays:
            if overlay.valid_from and overlay.valid_to and overlay.valid_to <= overlay.valid_from:
                yield f"area {overlay.id}: it ends before it begins"

    def _dangling(self) -> Iterator[str]:
        areas = {area.id for area in self.areas}
        units = {unit.id for unit in self.units}
        parents = {unit.id: unit.parent_id for unit in self.units}
        people = {person.id for person in self.people}
        posts = {post.id for post in self.posts}
        for unit in self.units:
            if unit.area_id not in areas:
                yield f"unit {unit.id}: no area {unit.area_id}"
            if unit.parent_id and unit.parent_id not in units:
                yield f"unit {unit.id}: no parent {unit.parent_id}"
            if unit.head_post_id and unit.head_post_id not in posts:
                yield f"unit {unit.id}: no post {unit.head_post_id}"
            if unit.id in _above(unit, parents):
                yield f"unit {unit.id}: it stands above itself"
        for post in self.posts:
            if post.unit_id not in units:
                yield f"post {post.id}: no unit {post.unit_id}"
            for area_id in sorted(set(post.area_ids) - areas):
                yield f"post {post.id}: no area {area_id}"
            for holder in (post.role_a, post.role_b):
                if holder is not None and holder not in people:
                    yield f"post {post.id}: no person {holder}"
            if post.role_a == post.role_b:
                yield f"post {post.id}: A and B are the same person"
        for responder in self.responders:
            if responder.person_id and responder.person_id not in people:
                yield f"responder {responder.id}: no person {responder.person_id}"
            if responder.home_area_id not in areas:
                yield f"responder {responder.id}: no area {responder.home_area_id}"


def _above(unit: Unit, parents: Mapping[str, str | None]) -> set[str]:
    above: set[str] = set()
    parent = unit.parent_id
    while parent is not None and parent not in above:
        above.add(parent)
        parent = parents.get(parent)
    return above

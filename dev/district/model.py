"""The shapes of `organisation.json` and `categories.json`, as the services' loaders read them."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

AreaLevel = Literal["district", "street", "community", "grid", "micro_grid", "building"]
UnitKind = Literal[
    "district_department",
    "street_section",
    "community_committee",
    "stationed_unit",
    "board",
    "centre",
    "mediation_room",
]
PostLevel = Literal["grid", "community", "street", "department", "district"]
TeamRole = Literal[
    "street_leader",
    "middle_cadre",
    "community_head",
    "police",
    "lawyer",
    "attendant",
    "resident_building_leader",
    "posted_building_leader",
]
ResponderKind = Literal["attendant", "officer", "duty_staff", "volunteer", "building_leader", "lawyer", "team"]
DisputeType = Literal[
    "neighbour",
    "property",
    "labour_wage",
    "lift_retrofit",
    "land",
    "family",
    "consumer",
    "other",
]
Urgency = Literal["routine", "urgent", "critical"]


class Area(TypedDict):
    """One node of the grid hierarchy; `path` runs from the district to the area itself."""

    id: str
    level: AreaLevel
    name: str
    name_en: str
    parent_id: str | None
    path: list[str]
    households: int | None
    population: int | None
    boundary: dict[str, Any]


class OverlayGrid(TypedDict):
    """A key grid outside the tree, for a purpose."""

    id: str
    name: str
    name_en: str
    purpose: str
    boundary: dict[str, Any]
    valid_from: str | None
    valid_to: str | None


class Unit(TypedDict):
    """An organisation; `level` is the rung of the ladder it answers on."""

    id: str
    name: str
    name_en: str
    kind: UnitKind
    parent_id: str | None
    area_id: str
    level: Literal["district", "street", "community"]


class Person(TypedDict):
    """A holder of posts, by display name only."""

    id: str
    name: str


class Post(TypedDict):
    """A post of a unit: what it is competent for, where, and who holds it (A, else B)."""

    id: str
    title: str
    title_en: str
    unit_id: str
    level: PostLevel
    area_ids: list[str]
    competences: list[str]
    role_a: str
    role_b: str | None
    team_role: NotRequired[TeamRole]


class Responder(TypedDict):
    """Somebody, or a team, that can be sent."""

    id: str
    kind: ResponderKind
    person_id: str | None
    name: str
    home_area_id: str
    skills: list[str]


class Lead(TypedDict):
    """Which post leads: one by name, or the competent post of a unit of that kind."""

    post_id: NotRequired[str]
    unit_kind: NotRequired[UnitKind]
    competence: NotRequired[bool]
    level: NotRequired[PostLevel]


class Rule(TypedDict):
    """One routing rule; the lowest `order` that matches and finds a post decides.

    Without times of its own the policy's hold, in its calendars.
    """

    id: str
    order: int
    category: str | None
    area_level: AreaLevel | None
    area_id: str | None
    path: Literal["order", "mediation"]
    lead: Lead
    accept_minutes: NotRequired[int]
    resolve_hours: NotRequired[int]
    note: str


class Category(TypedDict):
    """One node of the category tree; `aliases` are old or foreign names mapped onto it."""

    code: str
    name: str
    name_en: str
    parent: str | None
    path: list[str]
    dispute_type: DisputeType | None
    urgency: Urgency
    aliases: list[str]


class Organisation(TypedDict):
    """`organisation.json`."""

    version: int
    district: str
    areas: list[Area]
    overlays: list[OverlayGrid]
    units: list[Unit]
    people: list[Person]
    posts: list[Post]
    responders: list[Responder]
    rules: list[Rule]


class Catalogue(TypedDict):
    """`categories.json`."""

    version: int
    categories: list[Category]

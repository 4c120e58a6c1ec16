"""A small organisation: a district of two streets, a community and two grids in each, its units, posts and rules."""

from typing import Any

import msgspec

from services.routing.model.organisation.directory import Directory, Place
from services.routing.model.organisation.organisation import Organisation

GRID_1 = ("d1", "d1-s1", "d1-s1-c1", "d1-s1-c1-g1")
GRID_3 = ("d1", "d1-s2", "d1-s2-c1", "d1-s2-c1-g1")
COMMITTEE, SECTION, OTHER_SECTION, DEPARTMENT, DESK, MEDIATION = (
    "post_c1",
    "post_s1",
    "post_s2",
    "post_dept",
    "post_desk",
    "post_mediation",
)
UNIT_OF = {
    COMMITTEE: "unit_c1",
    SECTION: "unit_s1",
    OTHER_SECTION: "unit_s2",
    DEPARTMENT: "unit_dept",
    DESK: "unit_centre",
    MEDIATION: "unit_mediation",
}


def square(west: float, east: float, south: float = 23.0, north: float = 23.01) -> dict[str, Any]:
    """An outline along meridians and parallels."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def area(path: tuple[str, ...], level: str, west: float, east: float) -> dict[str, Any]:
    """An area as the file gives it, between two meridians."""
    return {
        "id": path[-1],
        "level": level,
        "name": f"区域 {path[-1]}",
        "name_en": f"Area {path[-1]}",
        "parent_id": path[-2] if len(path) > 1 else None,
        "path": path,
        "households": 400,
        "population": 1000,
        "boundary": square(west, east),
    }


def _areas() -> list[dict[str, Any]]:
    areas = [area(("d1",), "district", 113.0, 113.04)]
    for number, west in ((1, 113.0), (2, 113.02)):
        street = ("d1", f"d1-s{number}")
        community = (*street, f"d1-s{number}-c1")
        areas += [area(street, "street", west, west + 0.02), area(community, "community", west, west + 0.02)]
        for grid in (1, 2):
            left = west + 0.01 * (grid - 1)
            areas.append(area((*community, f"{community[-1]}-g{grid}"), "grid", left, left + 0.01))
    return areas


def _unit(unit_id: str, kind: str, area_id: str, level: str) -> dict[str, Any]:
    names = {"name": f"单位 {unit_id}", "name_en": unit_id}
    return {"id": unit_id, **names, "kind": kind, "parent_id": None, "area_id": area_id, "level": level}


def _post(post_id: str, level: str, area_id: str, *competences: str) -> dict[str, Any]:
    return {
        "id": post_id,
        "title": f"岗位 {post_id}",
        "title_en": post_id,
        "unit_id": UNIT_OF[post_id],
        "level": level,
        "area_ids": [area_id],
        "competences": competences,
        "role_a": f"person_{post_id}_a",
        "role_b": f"person_{post_id}_b",
    }


def _rule(rule_id: str, order: int, category: str | None, lead: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": rule_id,
        "order": order,
        "category": category,
        "area_level": None,
        "area_id": None,
        "path": "order",
        "lead": lead,
        "accept_minutes": 30,
        "resolve_hours": 48,
        "note": f"规则 {rule_id}",
        **more,
    }


def raw() -> dict[str, Any]:
    """The file as JSON values, to be changed by a test."""
    posts = [
        _post(COMMITTEE, "community", "d1-s1-c1", "env_waste", "noise"),
        _post(SECTION, "street", "d1-s1", "env", "other"),
        _post(OTHER_SECTION, "street", "d1-s2", "env"),
        _post(DEPARTMENT, "department", "d1", "env", "gas"),
        _post(DESK, "district", "d1"),
        _post(MEDIATION, "district", "d1"),
    ]
    section = {"unit_kind": "street_section", "competence": True, "level": "street"}
    committee = {"unit_kind": "community_committee", "competence": True}
    stationed = {"unit_kind": "stationed_unit", "competence": True}
    department = {"unit_kind": "district_department", "competence": True}
    return {
        "version": 1,
        "district": "测试区",
        "areas": _areas(),
        "units": [
            _unit("unit_centre", "centre", "d1", "district"),
            _unit("unit_dept", "district_department", "d1", "district"),
            _unit("unit_mediation", "mediation_room", "d1", "district"),
            _unit("unit_s1", "street_section", "d1-s1", "street"),
            _unit("unit_s2", "street_section", "d1-s2", "street"),
            _unit("unit_c1", "community_committee", "d1-s1-c1", "community"),
        ],
        "people": [{"id": post[role], "name": "张三"} for post in posts for role in ("role_a", "role_b")],
        "posts": posts,
        "responders": [
            {
                "id": "responder_1",
                "kind": "attendant",
                "person_id": f"person_{COMMITTEE}_a",
                "name": "张三",
                "home_area_id": GRID_1[-1],
                "skills": ["patrol"],
            }
        ],
        "rules": [
            _rule("rule_noise_community", 10, "noise", committee, area_level="community", path="mediation"),
            _rule("rule_noise", 20, "noise", {"post_id": MEDIATION}, path="mediation"),
            _rule("rule_gas_station", 30, "gas", stationed, accept_minutes=3, resolve_hours=2),
            _rule("rule_waste_community", 40, "env_waste", committee, area_level="community"),
            _rule("rule_waste_street_2", 45, "env_waste", section, area_id="d1-s2"),
            _rule("rule_env_section", 50, "env", section),
            _rule("rule_env_department", 60, "env", department),
            _rule("rule_gas_department", 70, "gas", department, accept_minutes=3, resolve_hours=2),
            _rule("rule_fallback", 900, None, {"post_id": DESK}),
        ],
    }


def organisation(values: dict[str, Any] | None = None) -> Organisation:
    """The organisation, or what a test made of its values."""
    return msgspec.convert(raw() if values is None else values, Organisation)


def directory(values: dict[str, Any] | None = None) -> Directory:
    """The same as a directory in memory."""
    given = organisation(values)
    return Directory(
        version=1,
        areas={
            area.id: Place(
                id=area.id,
                level=area.level,
                name=area.name,
                name_en=area.name_en,
                parent_id=area.parent_id,
                path=area.path,
                area_version=1,
            )
            for area in given.areas
        },
        units={unit.id: unit for unit in given.units},
        people={person.id: person for person in given.people},
        posts={post.id: post for post in given.posts},
        rules=given.rules,
        dispute_types={"noise": "neighbour"},
    )

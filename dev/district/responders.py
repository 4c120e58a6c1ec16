"""Who can be sent: attendants, officers, building leaders, volunteers, teams (R-17, R-24, R-25)."""

from __future__ import annotations

from collections.abc import Sequence

from dev.district.areas import MAIN_STREET_ID
from dev.district.model import Area, Responder, ResponderKind
from dev.district.units import Staff

_SKILLS: dict[ResponderKind, tuple[tuple[str, ...], ...]] = {
    "attendant": (("patrol", "visit"), ("patrol", "first_aid"), ("visit", "mediation")),
    "officer": (("police",), ("police", "mediation")),
    "duty_staff": (("dispatch",),),
    "volunteer": (("visit",), ("first_aid",), ("health",), ("translation",)),
    "building_leader": (("building",),),
    "lawyer": (("law", "mediation"),),
    "team": (("rapid_response", "fire"), ("rapid_response", "flood")),
}


def muster(areas: Sequence[Area], staff: Staff) -> list[Responder]:
    """Responders for every grid, and the fuller set of the demonstration street.

    Attendants are the holders of the attendant's post; the others are people of their own, added
    to `staff.people`.
    """
    muster_roll = _Roll(staff)
    holders = {post["id"]: (post["role_a"], post["role_b"]) for post in staff.posts}
    for area in areas:
        key = "_".join(area["id"].split("-")[1:])
        main = MAIN_STREET_ID in area["path"]
        if area["level"] == "grid":
            for person_id in holders[f"post_{key}_attendant"][: 2 if main else 1]:
                muster_roll.add("attendant", area, person_id)
            muster_roll.hire("volunteer", area, key)
        elif area["level"] == "street":
            muster_roll.add("team", area, None)
            muster_roll.hire("duty_staff", area, key)
        elif area["level"] == "community" and main:
            muster_roll.hire("officer", area, key)
            muster_roll.hire("lawyer", area, key)
        elif area["level"] == "micro_grid" and main:
            muster_roll.hire("building_leader", area, key)
    return muster_roll.responders


class _Roll:
    def __init__(self, staff: Staff) -> None:
        self.responders: list[Responder] = []
        self._staff = staff
        self._names = {person["id"]: person["name"] for person in staff.people}
        self._counts: dict[ResponderKind, int] = {}

    def hire(self, kind: ResponderKind, area: Area, key: str) -> None:
        person_id = self._staff.hire(f"{key}_{kind}")
        self._names[person_id] = self._staff.people[-1]["name"]
        self.add(kind, area, person_id)

    def add(self, kind: ResponderKind, area: Area, person_id: str | None) -> None:
        count = self._counts.get(kind, 0)
        self._counts[kind] = count + 1
        skills = _SKILLS[kind]
        key = "_".join(area["id"].split("-")[1:])
        self.responders.append(
            Responder(
                id=f"responder_{(person_id or f'{key}_{kind}').removeprefix('person_')}",
                kind=kind,
                person_id=person_id,
                name=self._names[person_id] if person_id else f"{area['name']}联动大队",
                home_area_id=area["id"],
                skills=list(skills[count % len(skills)]),
            )
        )

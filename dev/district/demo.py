"""The demonstration roles and the claims their tokens carry."""

from __future__ import annotations

from dev.district.areas import DEMO_GRID_ID, DISTRICT_ID, MAIN_STREET_ID
from dev.district.build import OPERATOR, RESIDENT
from dev.district.units import CENTRE_DESK, CENTRE_UNIT, ROOM_MEDIATOR, ROOM_UNIT


def demo_people() -> dict[str, dict[str, object]]:
    """Role to claims (`sub`, `roles`, and where they apply `post`, `unit`, `area`).

    The ids stand in every generated district, whatever its boundaries and categories.
    """
    return {
        "resident": {"sub": RESIDENT, "roles": ["resident"], "area": f"{DEMO_GRID_ID}-m1"},
        "attendant": {
            "sub": "person_s01_c01_g01_attendant_a",
            "roles": ["attendant"],
            "post": "post_s01_c01_g01_attendant",
            "unit": "unit_s01_c01_committee",
            "area": DEMO_GRID_ID,
        },
        "handler": {
            "sub": "person_s01_city_head_a",
            "roles": ["handler"],
            "post": "post_s01_city_head",
            "unit": "unit_s01_city",
            "area": MAIN_STREET_ID,
        },
        "centre": {
            "sub": f"{CENTRE_DESK.replace('post_', 'person_', 1)}_a",
            "roles": ["centre"],
            "post": CENTRE_DESK,
            "unit": CENTRE_UNIT,
            "area": DISTRICT_ID,
        },
        "mediator": {
            "sub": f"{ROOM_MEDIATOR.replace('post_', 'person_', 1)}_a",
            "roles": ["mediator"],
            "post": ROOM_MEDIATOR,
            "unit": ROOM_UNIT,
            "area": DISTRICT_ID,
        },
        "operator": {"sub": OPERATOR, "roles": ["operator"]},
    }

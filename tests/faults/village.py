"""The smallest district that routes: one grid, one clerk for everything, one mediation room, two categories."""

from typing import Any

from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store
from services.intake.handlers import publish_categories
from services.intake.model.category import CategoryData
from services.intake.model.values import DisputeType
from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.model.organisation.organisation import (
    AreaLevel,
    AreaRecord,
    Lead,
    Organisation,
    Person,
    Post,
    PostLevel,
    Rule,
    Unit,
    UnitKind,
)

DISTRICT, GRID = "v01", "v01-g01"
CLERK, MEDIATOR = "post_clerk", "post_mediator"
LITTER, QUARREL = "litter", "quarrel"
PLACE = {"lon": 113.31, "lat": 23.01}
RESIDENT = Caller(person="person_resident", roles=frozenset({"resident"}), area=GRID)

_OUTLINE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[113.3, 23.0], [113.32, 23.0], [113.32, 23.02], [113.3, 23.02], [113.3, 23.0]]],
}


def _post(post_id: str, unit_id: str, person_id: str) -> Post:
    return Post(
        id=post_id,
        title="岗位",
        title_en="Post",
        unit_id=unit_id,
        level=PostLevel.DISTRICT,
        area_ids=(DISTRICT,),
        competences=(LITTER, QUARREL),
        role_a=person_id,
        role_b=None,
    )


def _rule(number: int, category: str | None, post_id: str, *, mediation: bool = False) -> Rule:
    return Rule(
        id=f"rule_{number}",
        order=number,
        category=category,
        area_level=None,
        area_id=None,
        path="mediation" if mediation else "order",
        lead=Lead(post_id=post_id),
        accept_minutes=60,
        resolve_hours=48,
        note="",
    )


def _unit(unit_id: str, kind: UnitKind) -> Unit:
    return Unit(id=unit_id, name="单位", name_en="Unit", kind=kind, parent_id=None, area_id=DISTRICT, level="district")


ORGANISATION = Organisation(
    version=1,
    district=DISTRICT,
    areas=(
        AreaRecord(
            id=DISTRICT,
            level=AreaLevel.DISTRICT,
            name="村",
            name_en="Village",
            parent_id=None,
            path=(DISTRICT,),
            boundary=_OUTLINE,
        ),
        AreaRecord(
            id=GRID,
            level=AreaLevel.GRID,
            name="网格",
            name_en="Grid",
            parent_id=DISTRICT,
            path=(DISTRICT, GRID),
            boundary=_OUTLINE,
        ),
    ),
    units=(_unit("unit_centre", UnitKind.CENTRE), _unit("unit_room", UnitKind.MEDIATION_ROOM)),
    people=(Person(id="person_clerk", name="员"), Person(id="person_mediator", name="调")),
    posts=(_post(CLERK, "unit_centre", "person_clerk"), _post(MEDIATOR, "unit_room", "person_mediator")),
    responders=(),
    rules=(_rule(1, QUARREL, MEDIATOR, mediation=True), _rule(2, None, CLERK)),
)
CATEGORIES = [
    CategoryData(code=LITTER, name="垃圾", name_en="Litter", path=[LITTER]),
    CategoryData(code=QUARREL, name="邻里纠纷", name_en="Quarrel", path=[QUARREL], dispute_type=DisputeType.NEIGHBOUR),
]


async def found(intake: Store, routing: Store) -> None:
    """Load it into the services' stores; what is there already stays."""
    await load_organisation(routing, ORGANISATION)
    await publish_categories(intake, CATEGORIES)

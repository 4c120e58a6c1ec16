"""Events of areas and the organisation."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

EXAMPLES: dict[str, dict[str, Any]] = {
    "area.defined": {
        "areaId": AREA_PATH[-1],
        "level": "grid",
        "name": "第一网格",
        "nameEn": "Grid 1",
        "parentId": AREA_PATH[-2],
        "path": AREA_PATH,
        "households": 412,
        "boundary": {
            "type": "Polygon",
            "coordinates": [[[113.81, 23.29], [113.82, 23.29], [113.82, 23.3], [113.81, 23.3], [113.81, 23.29]]],
        },
        "areaVersion": 1,
    },
    "organisation.imported": {
        "importId": "import_01m810vbcpe1z8akf39c6q2v5h",
        "added": 3,
        "changed": 1,
        "retired": 0,
        "ordersMoved": 0,
        "ordersHandedOver": 0,
    },
    "area.retired": {"areaId": AREA_PATH[-1], "areaVersion": 2},
}

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
    "area.retired": {"areaId": AREA_PATH[-1], "areaVersion": 2},
}

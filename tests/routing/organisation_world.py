"""What tests of the organisation add to the small one, a building, an overlay grid; and its commands on the command line."""

import argparse
from typing import Any

from services.routing.cli import COMMANDS
from tests.routing import district
from tests.routing.district import GRID_1, square
from tests.routing.world import World

MICRO = (*GRID_1, "d1-s1-c1-g1-m1")
BUILDING = (*MICRO, "d1-s1-c1-g1-m1-b1")


def with_building(values: dict[str, Any]) -> dict[str, Any]:
    """A micro-grid and a building in the first grid."""
    values["areas"] += [
        district.area(MICRO, "micro_grid", 113.0, 113.005),
        district.area(BUILDING, "building", 113.001, 113.002),
    ]
    return values


def overlay(grid_id: str, west: float, east: float, **more: Any) -> dict[str, Any]:
    names = {"name": "重点网格", "name_en": "Key grid", "purpose": "校园周边"}
    return {"id": grid_id, **names, "boundary": square(west, east), **more}


async def run(world: World, command: str, *words: str) -> int:
    """A command of the command line, on the test's store."""
    _, arguments, function = COMMANDS[command]
    parser = argparse.ArgumentParser()
    arguments(parser)
    return await function(world.service, parser.parse_args(words))

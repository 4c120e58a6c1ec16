"""Builds the whole demonstration district from one seed, the same every time."""

from __future__ import annotations

from pathlib import Path
from random import Random

from dev.district import names
from dev.district.areas import DISTRICT_ID, grow, plan, total
from dev.district.boundaries import Outlines, read_streets, united
from dev.district.buildings import build_up
from dev.district.categories import convert_tree, own_tree
from dev.district.competences import Codes
from dev.district.lattice import Lattice
from dev.district.model import Area, Catalogue, Organisation, Person
from dev.district.overlays import key_grids
from dev.district.responders import muster
from dev.district.rules import write_rules
from dev.district.units import staff_district

# Only `Random.random()` is drawn from: it alone is promised to stay the same in later Pythons.
_SEED = 20200214
_COLUMNS, _ROWS = 88, 76  # about 100 square kilometres, 17 cells a micro-grid

RESIDENT = "person_demo_resident"
OPERATOR = "person_demo_operator"


def build(boundaries: Path | None = None, categories: Path | None = None) -> tuple[Organisation, Catalogue]:
    """The organisation and the category catalogue.

    With `boundaries`, a GeoJSON file of streets, they take the place of our own; with
    `categories`, a real tree does. Raises `ValueError` for a file that cannot be used.
    """
    rng = Random(_SEED)
    areas = _real_areas(rng, boundaries) if boundaries else _own_areas(rng)
    tree = convert_tree(categories) if categories else own_tree()
    codes = Codes(tree)
    staff = staff_district(areas, codes)
    responders = muster(areas, staff)
    areas += build_up(areas, staff)
    people = [
        *staff.people,
        Person(id=RESIDENT, name="演示居民"),
        Person(id=OPERATOR, name="演示运维"),
    ]
    organisation = Organisation(
        version=1,
        district=DISTRICT_ID,
        areas=areas,
        overlays=key_grids(areas),
        units=staff.units,
        people=people,
        posts=staff.posts,
        responders=responders,
        rules=write_rules(codes),
    )
    return organisation, Catalogue(version=1, categories=tree)


def _own_areas(rng: Random) -> list[Area]:
    lattice = Lattice(rng, _COLUMNS, _ROWS)
    sizes = [total(street) for street in plan(len(names.STREETS))]
    regions = lattice.cut(lattice.whole, sizes)
    streets = [(*named, region) for named, region in zip(names.STREETS, regions, strict=True)]
    return grow(rng, lattice, lattice.whole, streets)


def _real_areas(rng: Random, path: Path) -> list[Area]:
    streets = read_streets(path)
    return grow(
        rng,
        Outlines(),
        united([street.outline for street in streets]),
        [(street.name, street.name_en, street.outline) for street in streets],
    )

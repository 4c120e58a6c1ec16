"""The files that are loaded, read and checked for shape."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import shapely
from shapely.geometry import mapping, shape

from services.routing.errors.organisation import LoadRefused
from services.routing.model.organisation.directory import Place
from services.routing.model.organisation.organisation import AreaLevel, AreaRecord, Organisation
from services.routing.model.rules.policy import Policy

# Degrees, about a centimetre: repeated points disappear, which a spherical index refuses.
_RASTER = 1e-7
_LEVELS = list(AreaLevel)


class _Feature(msgspec.Struct):
    properties: dict[str, Any]
    geometry: dict[str, Any]
    id: str | int | None = None


class _FeatureCollection(msgspec.Struct):
    features: list[_Feature]


def read_organisation(file: Path) -> Organisation:
    """An `organisation.json`. Raises LoadRefused."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Organisation)
    except (OSError, msgspec.DecodeError) as error:
        raise LoadRefused([_sentence(error)]) from error


def organisation_of(content: object) -> Organisation:
    """The same from JSON values. Raises LoadRefused."""
    try:
        return msgspec.convert(content, Organisation)
    except msgspec.ValidationError as error:
        raise LoadRefused([str(error)]) from error


def read_policy(file: Path) -> Policy:
    """A policy as `export-policy` writes it. Raises LoadRefused."""
    try:
        return msgspec.convert({"version": 0, **msgspec.json.decode(file.read_bytes(), type=dict[str, Any])}, Policy)
    except (OSError, msgspec.DecodeError) as error:
        raise LoadRefused([_sentence(error)]) from error


def read_boundaries(file: Path, level: AreaLevel, parent: str | None, known: Mapping[str, Place]) -> list[AreaRecord]:
    """The outlines of a file, see `boundaries`. Raises LoadRefused."""
    try:
        content = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise LoadRefused([_sentence(error)]) from error
    return boundaries(content, level, parent, known)


def boundaries(content: object, level: AreaLevel, parent: str | None, known: Mapping[str, Place]) -> list[AreaRecord]:
    """Outlines (GeoJSON) as areas of `level`: a feature of a known name or id gives that area its outline, another is a new area.

    A new area lies in `parent`, by default the only area of the level above. Raises LoadRefused.
    """
    try:
        features = msgspec.convert(content, _FeatureCollection).features
    except msgspec.ValidationError as error:
        raise LoadRefused([str(error)]) from error
    problems: list[str] = []
    records: list[AreaRecord] = []
    for index, feature in enumerate(features):
        try:
            records.append(_record(feature, level, parent, known))
        except LoadRefused as refused:
            problems += [f"feature {index}: {problem}" for problem in refused.problems]
    if not features:
        problems.append("no feature in it")
    if problems:
        raise LoadRefused(problems)
    return records


def others(
    records: Sequence[AreaRecord], level: AreaLevel, parent: str | None, known: Mapping[str, Place]
) -> list[str]:
    """The ids of the areas of `level` (in `parent`) that are in force and not among `records`."""
    given = {record.id for record in records}
    return [
        place.id
        for place in known.values()
        if place.level == level and not place.retired and place.id not in given and parent in (None, place.parent_id)
    ]


def _record(feature: _Feature, level: AreaLevel, parent: str | None, known: Mapping[str, Place]) -> AreaRecord:
    properties = feature.properties
    name = properties.get("name")
    if not isinstance(name, str) or not name:
        raise LoadRefused(["no name"])
    given_id = properties.get("id") or properties.get("code") or feature.id
    old = next((p for p in known.values() if p.level == level and (p.id == str(given_id) or p.name == name)), None)
    boundary = _outline(feature.geometry, name)
    if old is not None:
        values = {field: getattr(old, field) for field in AreaRecord.__struct_fields__ if field != "boundary"}
        return AreaRecord(**values, boundary=boundary)
    if given_id is None:
        raise LoadRefused([f"{name}: neither id nor code"])
    above = _parent(level, parent, known)
    area_id = str(given_id)
    return AreaRecord(
        id=area_id,
        level=level,
        name=name,
        name_en=str(properties.get("name_en") or f"{level.replace('_', ' ').capitalize()} {area_id}"),
        parent_id=above.id if above else None,
        path=(*above.path, area_id) if above else (area_id,),
        boundary=boundary,
    )


def _parent(level: AreaLevel, parent: str | None, known: Mapping[str, Place]) -> Place | None:
    if level is AreaLevel.DISTRICT:
        return None
    if parent is not None:
        if parent not in known:
            raise LoadRefused([f"no area {parent} to lie in"])
        return known[parent]
    above = _LEVELS[_LEVELS.index(level) - 1]
    candidates = [place for place in known.values() if place.level == above]
    if len(candidates) != 1:
        raise LoadRefused([f"{len(candidates)} areas of level {above}: name one with --parent"])
    return candidates[0]


def _outline(geometry: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        clean = shapely.set_precision(shapely.make_valid(shape(geometry)), _RASTER)
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as error:
        raise LoadRefused([f"{name}: not a geometry ({type(error).__name__})"]) from error
    if clean.geom_type not in ("Polygon", "MultiPolygon") or clean.is_empty:
        raise LoadRefused([f"{name}: a {clean.geom_type}, not an outline"])
    outline: dict[str, Any] = json.loads(json.dumps(mapping(shapely.orient_polygons(clean))))
    return outline


def _sentence(error: OSError | msgspec.DecodeError) -> str:
    return f"{error.strerror}" if isinstance(error, OSError) else str(error)

"""Where in the SDL of which subgraph a finding is, and what to do about it when the rule does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from textwrap import shorten
from typing import TypeVar

from services.gateway.compose.codes import ERRORS, HINTS
from services.gateway.compose.model import Element, SubgraphSchema
from services.gateway.compose.results import CompositionError, CompositionHint, Location, Subgraph

# What GraphQL counts lines by.
_LINE_END = re.compile(r"\r\n|\n|\r")

Finding = TypeVar("Finding", CompositionError, CompositionHint)


class Locator:
    """Completes findings about these subgraphs; `schemas` are those that could be read."""

    def __init__(self, subgraphs: Iterable[Subgraph], schemas: Mapping[str, SubgraphSchema]) -> None:
        self.files = {subgraph.name: subgraph.file for subgraph in subgraphs}
        self.lines = {subgraph.name: _LINE_END.split(subgraph.sdl) for subgraph in subgraphs}
        self.schemas = schemas

    def located(self, finding: Finding, *, everywhere: bool) -> Finding:
        """The finding with its locations and a mend.

        They are in its own subgraph first; with `everywhere`, then wherever its coordinate is declared, or what encloses it.
        """
        places: dict[str, int] = {}
        if finding.subgraph is not None and finding.line is not None:
            places[finding.subgraph] = finding.line
        if everywhere and finding.coordinate is not None:
            for name, schema in self.schemas.items():
                line = _line(schema, finding.coordinate)
                if line is not None:
                    places.setdefault(name, line)
        locations = tuple(
            Location(name, line, shorten(self.lines[name][line - 1], 160), self.files[name])
            for name, line in places.items()
        )
        mend = finding.mend or {**ERRORS, **HINTS}[finding.code].mend
        return replace(finding, locations=locations, mend=mend)


def _line(schema: SubgraphSchema, coordinate: str) -> int | None:
    """The line of `Type`, `Type.field`, `Type.VALUE` or `Type.field(argument:)`, or of the innermost part that is there.

    For a directive (`@tag`, by its own or its local name), that of the link that imports it.
    """
    if coordinate.startswith("@"):
        links = schema.dialect.links
        return next((link.line for link in links if coordinate in {*link.imports, *link.imports.values()}), None)
    path, _, argument = coordinate.partition("(")
    type_name, _, member = path.partition(".")
    definition = schema.types.get(type_name)
    if definition is None:
        return None
    found: Element = definition
    if member in definition.values:
        found = definition.values[member]
    elif member in definition.fields:
        field = definition.fields[member]
        found = field.arguments.get(argument.removesuffix(":)"), field)
    return found.line

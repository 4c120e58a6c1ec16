"""What goes into composition and what comes out of it: subgraphs, errors, hints, the composition itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subgraph:
    """One published subgraph: its unique name, its address and the SDL its `_service { sdl }` answers.

    `file` is where the SDL was read, for people to find it.
    """

    name: str
    url: str
    sdl: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A line in the SDL of a subgraph, with what is written there."""

    subgraph: str
    line: int
    text: str
    file: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line} ({self.subgraph})" if self.file else f"{self.subgraph}:{self.line}"
        return f"{place}: {self.text}"


@dataclass(frozen=True, slots=True)
class CompositionError:
    """One reason why the subgraphs do not compose.

    `code` is a key of `codes.ERRORS`; `line` counts in the SDL of `subgraph`; `coordinate` is the schema coordinate the error is
    about (`Case.title`), and `mend` says what to change. `locations` are the places concerned in all subgraphs; rules leave them
    to `locations.located`.
    """

    code: str
    message: str
    subgraph: str | None = None
    line: int | None = None
    coordinate: str | None = None
    mend: str | None = None
    locations: tuple[Location, ...] = ()

    def __str__(self) -> str:
        return _text(self)


@dataclass(frozen=True, slots=True)
class CompositionHint:
    """Something that composes but deserves a look; `code` is a key of `codes.HINTS`, the rest is as in CompositionError."""

    code: str
    message: str
    coordinate: str | None = None
    subgraph: str | None = None
    line: int | None = None
    mend: str | None = None
    locations: tuple[Location, ...] = ()

    def __str__(self) -> str:
        return _text(self)


def _text(finding: CompositionError | CompositionHint) -> str:
    where = finding.subgraph or ""
    if where and finding.line is not None:
        where = f"{where}:{finding.line}"
    lines = [f"{finding.code}: [{where}] {finding.message}" if where else f"{finding.code}: {finding.message}"]
    lines += [f"  at {location}" for location in finding.locations]
    lines += [f"  mend: {finding.mend}"] if finding.mend else []
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Composition:
    """The supergraph SDL, or the errors that prevent it; hints either way."""

    supergraph_sdl: str | None
    errors: tuple[CompositionError, ...] = ()
    hints: tuple[CompositionHint, ...] = ()

"""What goes into composition and what comes out of it: subgraphs, errors, hints, the composition itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subgraph:
    """One published subgraph: its unique name, its address and the SDL its `_service { sdl }` answers."""

    name: str
    url: str
    sdl: str


@dataclass(frozen=True, slots=True)
class CompositionError:
    """One reason why the subgraphs do not compose.

    `code` is a Federation error code; `line` counts in the SDL of `subgraph`; `coordinate` is the schema coordinate the error is
    about (`Case.title`), and `mend` says what to change.
    """

    code: str
    message: str
    subgraph: str | None = None
    line: int | None = None
    coordinate: str | None = None
    mend: str | None = None

    def __str__(self) -> str:
        where = self.subgraph or ""
        if where and self.line is not None:
            where = f"{where}:{self.line}"
        text = f"{self.code}: [{where}] {self.message}" if where else f"{self.code}: {self.message}"
        return f"{text}\n  mend: {self.mend}" if self.mend else text


@dataclass(frozen=True, slots=True)
class CompositionHint:
    """Something that composes but deserves a look."""

    code: str
    message: str
    coordinate: str | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True, slots=True)
class Composition:
    """The supergraph SDL, or the errors that prevent it; hints either way."""

    supergraph_sdl: str | None
    errors: tuple[CompositionError, ...] = ()
    hints: tuple[CompositionHint, ...] = ()

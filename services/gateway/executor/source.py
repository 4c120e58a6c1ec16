"""Functions made from source of our own, compiled once for each text.

Source holds only fixed words and numbered names; keys, type names and other functions are bound to the names. So operations that
differ in names, aliases or arguments share what is costly, the compilation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

MAX_COMPILED = 4_096
"""Texts whose compiled form is kept."""


class Function:
    """One function being written."""

    def __init__(self, *parameters: str) -> None:
        self.parameters = parameters
        self.lines: list[str] = []
        self.values: list[Any] = []

    def bind(self, value: Any) -> str:
        """A name that stands for the value in the source."""
        self.values.append(value)
        return f"c{len(self.values) - 1}"

    def line(self, text: str, indent: int = 0) -> None:
        self.lines.append("    " * indent + text)

    def build(self) -> Any:
        """The function."""
        # Bound as the variables of an enclosing function: as quick to read as globals, also when the code is shared.
        names = ", ".join(f"c{number}" for number in range(len(self.values)))
        head = [f"def make({names}):", f"    def made({', '.join(self.parameters)}):"]
        return _make("\n".join([*head, *(f"        {line}" for line in self.lines), "    return made"]), self.values)


def _make(source: str, values: Sequence[Any]) -> Any:
    scope: dict[str, Any] = {}
    exec(_compiled(source), scope)  # our own source: fixed words and numbered names
    return scope["make"](*values)


@lru_cache(MAX_COMPILED)
def _compiled(source: str) -> CodeType:
    return compile(source, "<generated>", "exec")

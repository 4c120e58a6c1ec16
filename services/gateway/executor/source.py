"""Functions made from source of our own, compiled once for each text.

Source holds only fixed words and numbered names; keys, type names and other functions are bound to the names. So operations that
differ in names, aliases or arguments share what is costly, the compilation.
"""

from __future__ import annotations

from functools import lru_cache
from types import CodeType, FunctionType
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
        # Bound as the defaults of further parameters: as quick to read as locals, also when the code is shared.
        names = [f"c{number}" for number in range(len(self.values))]
        head = f"def made({', '.join([*self.parameters, *names])}):"
        code = _compiled("\n".join([head, *(f"    {line}" for line in self.lines)]))
        return FunctionType(code, _GLOBALS, "made", tuple(self.values))


_GLOBALS: dict[str, Any] = {}
"""Of all made functions: the builtins. One for each would be a cycle with its function, which only the garbage collector ends."""


@lru_cache(MAX_COMPILED)
def _compiled(source: str) -> CodeType:
    scope: dict[str, Any] = {}
    exec(source, scope)  # our own source: fixed words and numbered names
    code: CodeType = scope["made"].__code__
    return code

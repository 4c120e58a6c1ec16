"""Tables and a chart for people: text that lines up also with Chinese names, and an SVG without any library."""

import unicodedata
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _MARGIN = 960, 360, 48
_COLOURS = ("#1f77b4", "#2ca02c", "#ff7f0e", "#d62728")


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lines of cells; the first column to the left, the others to the right."""
    cells = [list(head), *([_text(value) for value in row] for row in rows)]
    widths = [max(_columns(row[index]) for row in cells) for index in range(len(head))]
    lines = [
        title,
        *(
            "  ".join(_pad(text, width, index > 0) for index, (text, width) in enumerate(zip(row, widths, strict=True)))
            for row in cells
        ),
    ]
    lines.insert(2, "  ".join("─" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def chart(title: str, days: Sequence[str], series: Mapping[str, Sequence[int]]) -> str:
    """An SVG of one line a series over the days."""
    top = max((max(values, default=0) for values in series.values()), default=0) or 1
    across = (_WIDTH - 2 * _MARGIN) / max(len(days) - 1, 1)
    up = (_HEIGHT - 2 * _MARGIN) / top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_MARGIN}" y="24" font-size="16">{escape(title)}</text>',
    ]
    for share in (0, 0.5, 1):
        y = _HEIGHT - _MARGIN - share * top * up
        parts.append(f'<line x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{share * top:.0f}</text>')
    for index, day in enumerate(days):
        if index % 7 == 0:
            x = _MARGIN + index * across
            parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - _MARGIN + 18}" text-anchor="middle">{escape(day)}</text>')
    for number, (name, values) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(
            f"{_MARGIN + index * across:.1f},{_HEIGHT - _MARGIN - value * up:.1f}" for index, value in enumerate(values)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x = _MARGIN + 220 + number * 160
        parts.append(f'<text x="{x}" y="24" fill="{colour}">■ {escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def share(count: int, of: int) -> str:
    """A share as a percentage, a dash of nothing."""
    return f"{100 * count / of:.1f} %" if of else "–"


def _text(value: object) -> str:
    return "–" if value is None else str(value)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _columns(text))
    return space + text if right else text + space

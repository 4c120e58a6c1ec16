"""What composes but deserves a look."""

from __future__ import annotations

import pytest

from tests.gateway.compose.harness import composed


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        (
            'type Query { "One." v: Int @shareable }',
            'type Query { "Two." v: Int @shareable }',
            "INCONSISTENT_DESCRIPTION",
        ),
        (
            'type Query { v: Int @shareable @deprecated(reason: "x") }',
            'type Query { v: Int @shareable @deprecated(reason: "y") }',
            "INCONSISTENT_DEPRECATION_REASON",
        ),
        (
            "type Query { v(x: Int = 1): Int @shareable }",
            "type Query { v(x: Int): Int @shareable }",
            "INCONSISTENT_DEFAULT_VALUE_PRESENCE",
        ),
        (
            "type Query { v(x: Int): Int @shareable }",
            "type Query { v: Int @shareable }",
            "INCONSISTENT_INPUT_PRESENCE",
        ),
        (
            'type Query { a: D } scalar D @specifiedBy(url: "https://a")',
            'type Query { b: D } scalar D @specifiedBy(url: "https://b")',
            "INCONSISTENT_SPECIFIED_BY",
        ),
    ],
)
def test_subgraphs_that_say_different_things_are_hinted_at(a: str, b: str, code: str) -> None:
    composition = composed(a=a, b=b)
    assert composition.supergraph_sdl is not None
    assert [hint.code for hint in composition.hints] == [code]

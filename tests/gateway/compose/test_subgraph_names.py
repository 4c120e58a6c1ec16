"""Names of subgraphs and of their graph enum values."""

from __future__ import annotations

from services.gateway.compose import Subgraph, compose
from services.gateway.compose.graph_names import graph_enum_names


def test_names_become_upper_snake_case() -> None:
    assert graph_enum_names(["intake", "case-files", "a.b c"]) == {
        "intake": "INTAKE",
        "case-files": "CASE_FILES",
        "a.b c": "A_B_C",
    }


def test_a_leading_digit_is_wrapped() -> None:
    assert graph_enum_names(["12345"]) == {"12345": "_12345_"}


def test_colliding_names_are_numbered() -> None:
    assert graph_enum_names(["a-b", "a_b", "A_B"]) == {"A_B": "A_B_1", "a-b": "A_B_2", "a_b": "A_B_3"}


def test_numbering_avoids_names_that_exist() -> None:
    names = graph_enum_names(["a-b", "a_b", "a_b_1"])
    assert len(set(names.values())) == 3
    assert names["a_b_1"] == "A_B_1"


def test_names_must_be_unique_and_present() -> None:
    composition = compose([Subgraph("a", "", "type Query { a: Int }")] * 2 + [Subgraph("", "", "")])
    assert [error.code for error in composition.errors] == ["INVALID_SUBGRAPH_NAME"] * 2

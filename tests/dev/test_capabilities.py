"""The page of capabilities claims what the tests prove, and nothing else."""

from pathlib import Path

import pytest

from dev.capabilities import PAGE, Row, marked_tests, problems, read_page, table


def a_row(state: str = "proven", tests: tuple[str, ...] = ("test_a",), missing: str = "–") -> Row:
    return Row("I-01", "Four call levels", state, tests, missing)


def test_page_and_markers_agree() -> None:
    assert problems(read_page(PAGE.read_text("utf-8")), marked_tests()) == []


def test_every_row_of_each_part_stands_once_in_order() -> None:
    ids = [row.id for row in read_page(PAGE.read_text("utf-8"))]
    last = {"I": 34, "R": 43, "M": 25, "G": 13}
    assert ids == [f"{part}-{number:02}" for part, total in last.items() for number in range(1, total + 1)]


@pytest.mark.parametrize(
    ("row", "marked", "found"),
    [
        (a_row(), {"test_a"}, ""),
        (a_row(), set(), "no test carries it"),
        (a_row(tests=()), {"test_a"}, "differ in test_a"),
        (a_row("absent", (), "not begun"), {"test_a"}, "absent, but marked"),
        (a_row("partial"), {"test_a"}, "what is missing"),
        (a_row("nearly"), {"test_a"}, "is none of"),
    ],
)
def test_a_claim_without_its_proof_is_named(row: Row, marked: set[str], found: str) -> None:
    assert found in "".join(problems([row], {"I-01": marked} if marked else {}))


def test_a_row_that_only_a_marker_knows_is_named() -> None:
    assert problems([], {"X-01": {"test_a"}}) == ["X-01: is not on the page; marked: test_a"]


def test_markers_are_read_from_the_source(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(
        "@pytest.mark.capability('I-01', 'R-02')\n@pytest.mark.slow\nasync def test_a(): ...\n\ndef test_b(): ...\n"
    )
    assert marked_tests(tmp_path) == {"I-01": {"test_a"}, "R-02": {"test_a"}}


def test_a_proof_that_fails_now_is_shown_as_failing() -> None:
    assert "I-01  FAILING" in table([a_row()], {"test_a"})
    assert "1 proven" in table([a_row()], set())

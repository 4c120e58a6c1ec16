"""Pages of the crash runs, printed at the end."""

from collections.abc import Callable

import pytest

from tests.faults.crash import Page

_pages = pytest.StashKey[list[Page]]()


@pytest.fixture
def show_page(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """Prints a page in the summary of the run, passed or failed."""
    return request.config.stash.setdefault(_pages, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if pages := config.stash.get(_pages, []):
        terminalreporter.section("crash at every line")
        for page in pages:
            terminalreporter.write_line(page.text())

"""The image's recipe keeps its promises; building it is the release's work, not this test's."""

from __future__ import annotations

import re

import pytest

from tests.deploy.manifests import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    line.strip()
    for line in re.sub(r"\\\n\s*", " ", DOCKERFILE).splitlines()
    if line.strip() and not line.startswith("#")
]
FINAL = INSTRUCTIONS[max(i for i, line in enumerate(INSTRUCTIONS) if line.startswith("FROM ")) :]


def test_both_stages_stand_on_the_same_base() -> None:
    stages = [line.split()[1] for line in INSTRUCTIONS if line.startswith("FROM ")]

    assert stages == ["${BASE_IMAGE}", "${BASE_IMAGE}"]
    assert INSTRUCTIONS[0].startswith("ARG BASE_IMAGE=")


def test_only_pinned_wheels_are_installed() -> None:
    [install] = [line for line in INSTRUCTIONS if "pip install" in line]

    for option in ("--require-hashes", "--no-deps", "--only-binary :all:", "-r requirements/runtime.txt"):
        assert option in install


def test_the_result_runs_as_a_numbered_user_and_installs_nothing() -> None:
    assert "USER 10001:10001" in FINAL
    assert not [line for line in FINAL if line.startswith("RUN ")]
    assert [line for line in FINAL if line.startswith("COPY ")] == ["COPY --from=build /app /app"]


def test_the_service_is_the_argument() -> None:
    assert FINAL[-2:] == ['ENTRYPOINT ["python", "-m"]', 'CMD ["services.gateway", "serve"]']


@pytest.mark.parametrize("path", [".git", ".venv", ".data", "tests", "dev"])
def test_the_build_sees_nothing_but_what_it_copies(path: str) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]

    assert rules[0] == "*"
    assert f"!{path}" not in rules

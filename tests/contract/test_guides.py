"""The guides keep up with the code: codes, settings, events, metrics that users are told about are those there are."""

import dataclasses
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLObjectType

from dev import refusals
from dev.places import ROOT
from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal, RoleMissing
from services.chassis.settings import PREFIX, ServiceSettings
from services.gateway.compose import Subgraph, compose
from services.gateway.error_codes import CODES, as_markdown
from services.gateway.settings import Settings as GatewaySettings
from services.gateway.supergraph import load_supergraph

DOCS = ROOT / "docs"
_GATEWAY_CODE = re.compile(
    r'(?:RequestRefused|SubgraphFailed|OperationInvalid)\(\s*"([A-Z_]+)"|(?:code|CODE\w*|\w+_CODE) = "([A-Z_]{8,})"|"code": "([A-Z_]+)"'
)
_METRIC = re.compile(r'(Counter|Gauge|Histogram)\(\s*"([a-z_]+)"')
_ERRORS = re.compile(r"services\.(chassis|intake|routing|mediation)\.errors")
_INSIDE = {"SUPERGRAPH_INVALID", "CONFIGURATION_INVALID"}  # stop the gateway; no client meets them


def below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


def source(folder: str, without: str = "") -> str:
    files = sorted(file for file in (ROOT / folder).rglob("*.py") if file.stem != without)
    return "\n".join(file.read_text("utf-8") for file in files)


def guide(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def test_front_ends_are_told_every_code_of_a_refusal() -> None:
    page = refusals.page()
    assert page == guide("refusals.md")
    declared = [kind for kind in below(Refusal) if _ERRORS.match(kind.__module__)]
    assert len(declared) > 30
    concrete = [kind for kind in declared if "en" in vars(kind)]
    assert set(declared) - set(concrete) == {NotAllowed}
    assert [kind.code for kind in concrete if refusals.row(kind) not in page] == []


def test_not_for_you_has_one_code_and_front_ends_are_told_every_reason_of_it() -> None:
    declared = {kind for kind in below(Refusal) if _ERRORS.match(kind.__module__) and "en" in vars(kind)}
    assert {kind for kind in declared if issubclass(kind, NotAllowed)} == {kind for kind in declared if kind.reason}
    assert {kind.code for kind in declared if kind.reason} == {"NOT_ALLOWED"} == {NotAllowed.code}
    assert {kind.code for kind in declared if re.search("YOURS|_ONLY$|ROLE_|NOT_ALLOWED", kind.code)} == {
        "NOT_ALLOWED",
        "ONE_LEVEL_ONLY",
    }
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", guide("front-end.md"), re.MULTILINE))
    assert {reason.value for reason in NotAllowedReason} <= told


def test_roles_are_named_in_the_caller_s_language() -> None:
    named = re.findall(
        r'roles="([^"]+)"', "".join(source(f"services/{name}") for name in ("routing", "mediation", "intake"))
    )
    assert {"centre", "centre (district), operator"} <= set(named)
    for roles in named:
        assert not re.search("[a-z]", RoleMissing(roles=roles).message("zh")), roles
    assert RoleMissing(roles="handler, centre").message("zh") == "您的角色无权办理,须为:办理人员、指挥中心。"


def test_the_page_of_codes_is_the_gateway_s_table() -> None:
    assert as_markdown() in guide("errors.md"), as_markdown()
    assert len({item.code for item in CODES}) == len(CODES)


def test_every_code_the_gateway_gives_is_in_the_table_and_no_other() -> None:
    code = source("services/gateway", without="error_codes")
    given = {next(filter(None, found)) for found in _GATEWAY_CODE.findall(code)}
    listed = {item.code for item in CODES}
    assert len(given) > 30
    assert sorted(given - _INSIDE - listed) == []
    assert sorted(name for name in listed if f'"{name}"' not in code) == []


def test_operators_are_told_every_metric() -> None:
    found = _METRIC.findall(source("services/chassis") + source("services/gateway"))
    names = {name + "_total" * (kind == "Counter" and not name.endswith("_total")) for kind, name in found}
    assert sorted(name for name in names if f"`{name}`" not in guide("operator.md")) == []


@pytest.mark.parametrize("settings", [ServiceSettings, GatewaySettings])
def test_every_setting_is_described_with_its_default(settings: type) -> None:
    for field in dataclasses.fields(settings):
        rows = [line for line in guide("settings.md").splitlines() if f"`{PREFIX}{field.name.upper()}`" in line]
        assert rows, field.name
        if isinstance(field.default, str | int | float) and str(field.default):
            shown = str(field.default).lower() if isinstance(field.default, bool) else f"{field.default}"
            assert any(f"`{shown}`" in row for row in rows), (field.name, shown)


def test_the_table_of_events_lists_every_event() -> None:
    """`declined` and its like stand beside the first of their row."""
    page = guide("architecture.md")
    for file in sorted((ROOT / "schema" / "events").glob("*.json")):
        event = file.name.removesuffix(".json")
        assert f"`{event}`" in page or f"`{event.split('.')[3]}`" in page, event


def test_the_map_of_routing_names_every_module() -> None:
    section = guide("architecture.md").split("## Routing, by subject")[1].split("\n## ")[0]
    for folder in ("model", "handlers"):
        root = ROOT / "services" / "routing" / folder
        modules = [file.relative_to(root).with_suffix("").as_posix() for file in root.rglob("*.py")]
        unnamed = [name for name in modules if not name.endswith("__init__") and f"`{name}`" not in section]
        assert unnamed == [], folder


def test_links_between_pages_lead_somewhere() -> None:
    pages = [
        *ROOT.glob("*.md"),
        *DOCS.rglob("*.md"),
        *(ROOT / "schema").rglob("*.md"),
        *(ROOT / "deploy").rglob("*.md"),
    ]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not Path(page.parent, target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


@pytest.mark.capability("G-04")
def test_the_department_of_the_guide_adds_its_field_to_our_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its example is the code in the page, composed with our subgraphs as they are committed."""
    example = re.search(r"```python\n(.*?)```", guide("department.md"), re.DOTALL)
    assert example
    (tmp_path / "lamps.py").write_text(example[1], encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    theirs = Subgraph("lamps", "http://127.0.0.1:4005/graphql", str(importlib.import_module("lamps").schema))
    ours = [
        Subgraph(file.stem, f"http://{file.stem}/graphql", file.read_text("utf-8"))
        for file in sorted((ROOT / "schema" / "subgraphs").glob("*.graphql"))
    ]

    composition = compose([*ours, theirs])

    assert not composition.errors
    assert composition.supergraph_sdl
    report = load_supergraph(composition.supergraph_sdl).schema.get_type("Report")
    assert isinstance(report, GraphQLObjectType)
    assert {"lamp", "workOrders", "mediationCase", "timeline"} <= report.fields.keys()

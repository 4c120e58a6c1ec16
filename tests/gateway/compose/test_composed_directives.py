"""`@composeDirective`."""

from __future__ import annotations

from tests.gateway.compose.harness import codes, definition, supergraph

LINKS = """
extend schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/federation/v2.1", import: ["@composeDirective", "@shareable"])
"""


def test_a_composed_directive_is_kept_with_its_feature() -> None:
    sdls = {
        "a": LINKS
        + """
          @link(url: "https://specs.example.org/audit/v1.0", import: ["@audited"])
          @composeDirective(name: "@audited")
        directive @audited(as: String) on FIELD_DEFINITION
        directive @own on FIELD_DEFINITION
        type Query { a: Int @audited(as: "x") @own }
        """,
        "b": LINKS
        + """
          @link(url: "https://specs.example.org/audit/v1.1", import: ["@audited"])
          @composeDirective(name: "@audited")
        directive @audited(as: String, level: Int) on FIELD_DEFINITION
        type Query { b: Int @audited(level: 1) }
        """,
    }
    sdl = supergraph(**sdls)
    assert '@link(url: "https://specs.example.org/audit/v1.1", import: ["@audited"])' in sdl
    assert "directive @audited(as: String, level: Int) on FIELD_DEFINITION" in sdl
    assert "@own" not in sdl
    assert 'a: Int @join__field(graph: A) @audited(as: "x")' in definition("Query", **sdls)
    assert "b: Int @join__field(graph: B) @audited(level: 1)" in definition("Query", **sdls)


def test_a_composed_directive_must_be_defined() -> None:
    assert codes(a=LINKS + '@composeDirective(name: "@audited") type Query { a: Int }') == [
        "DIRECTIVE_COMPOSITION_ERROR"
    ]


def test_a_composed_directive_must_be_imported() -> None:
    assert codes(
        a=LINKS
        + '@composeDirective(name: "@audited") directive @audited on FIELD_DEFINITION type Query { a: Int @audited }'
    ) == ["DIRECTIVE_COMPOSITION_ERROR"]


def test_subgraphs_agree_on_the_major_version() -> None:
    def sdl(version: str, field: str) -> str:
        return f"""{LINKS}
          @link(url: "https://specs.example.org/audit/{version}", import: ["@audited"])
          @composeDirective(name: "@audited")
        directive @audited on FIELD_DEFINITION
        type Query {{ {field}: Int @audited }}
        """

    assert codes(a=sdl("v1.0", "a"), b=sdl("v2.0", "b")) == ["DIRECTIVE_COMPOSITION_ERROR"]

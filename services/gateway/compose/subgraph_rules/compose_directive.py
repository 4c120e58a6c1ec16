"""`@composeDirective`: names a directive this subgraph defines and imports from a linked specification."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError


def check_composed_directives(schema: SubgraphSchema) -> Iterator[CompositionError]:
    """DIRECTIVE_COMPOSITION_ERROR for what one subgraph can get wrong alone."""
    imported = {local for link in schema.dialect.links for local in link.imports.values()}
    for name, line in schema.composed:
        if not name.startswith("@"):
            problem = f'@composeDirective(name: "{name}"): the name must start with "@"'
        elif name[1:] not in schema.directives:
            problem = f"@composeDirective names {name}, which this subgraph does not define"
        elif name not in imported:
            problem = f"@composeDirective names {name}, which no @link imports"
        else:
            continue
        yield CompositionError("DIRECTIVE_COMPOSITION_ERROR", problem, schema.name, line)

"""What subgraphs must respect together, one family a file, in three ordered lists.

`BEFORE_MERGE` is what merging relies on; `AFTER_MERGE` looks at the merged supergraph; `WHEN_SOUND` follows selections through it
and runs only if nothing else is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from services.gateway.compose.merge.supergraph import Supergraph
from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.satisfiability import check_satisfiability
from services.gateway.compose.supergraph_rules.auth_on_requires import check_auth_on_requires
from services.gateway.compose.supergraph_rules.composed_directives import check_composed_features
from services.gateway.compose.supergraph_rules.enums import check_enums
from services.gateway.compose.supergraph_rules.extensions import check_extensions
from services.gateway.compose.supergraph_rules.external import check_external_fields
from services.gateway.compose.supergraph_rules.field_sharing import check_field_sharing
from services.gateway.compose.supergraph_rules.field_types import check_field_types
from services.gateway.compose.supergraph_rules.inaccessible import check_inaccessible
from services.gateway.compose.supergraph_rules.interfaces import check_interfaces
from services.gateway.compose.supergraph_rules.kinds import check_kinds
from services.gateway.compose.supergraph_rules.link_imports import check_link_imports
from services.gateway.compose.supergraph_rules.list_size import check_slicing_arguments
from services.gateway.compose.supergraph_rules.overrides import check_overrides
from services.gateway.compose.supergraph_rules.query import check_query
from services.gateway.compose.supergraph_rules.required_inputs import check_required_inputs

BEFORE_MERGE: tuple[Callable[[Mapping[str, SubgraphSchema]], Iterator[CompositionError]], ...] = (
    check_query,
    check_kinds,
    check_link_imports,
    check_composed_features,
)
AFTER_MERGE: tuple[Callable[[Supergraph], Iterator[CompositionError]], ...] = (
    check_extensions,
    check_external_fields,
    check_field_types,
    check_required_inputs,
    check_enums,
    check_interfaces,
    check_overrides,
    check_field_sharing,
    check_inaccessible,
    check_slicing_arguments,
)
WHEN_SOUND: tuple[Callable[[Supergraph], Iterator[CompositionError]], ...] = (
    check_satisfiability,
    check_auth_on_requires,
)

"""What one subgraph must respect alone, one family a file; `SUBGRAPH_RULES` is their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from services.gateway.compose.model import SubgraphSchema
from services.gateway.compose.results import CompositionError
from services.gateway.compose.subgraph_rules.auth import check_auth
from services.gateway.compose.subgraph_rules.compose_directive import check_composed_directives
from services.gateway.compose.subgraph_rules.context import check_context
from services.gateway.compose.subgraph_rules.cost import check_cost
from services.gateway.compose.subgraph_rules.defaults import check_defaults
from services.gateway.compose.subgraph_rules.external import check_external
from services.gateway.compose.subgraph_rules.inaccessible import check_disallowed_inaccessible
from services.gateway.compose.subgraph_rules.interface_object import check_interface_objects
from services.gateway.compose.subgraph_rules.key import check_keys
from services.gateway.compose.subgraph_rules.list_size import check_list_size
from services.gateway.compose.subgraph_rules.override import check_override
from services.gateway.compose.subgraph_rules.provides import check_provides
from services.gateway.compose.subgraph_rules.requires import check_requires
from services.gateway.compose.subgraph_rules.roots import check_roots
from services.gateway.compose.subgraph_rules.shareable import check_shareable

SubgraphRule = Callable[[SubgraphSchema], Iterator[CompositionError]]

SUBGRAPH_RULES: tuple[SubgraphRule, ...] = (
    check_roots,
    check_defaults,
    check_keys,
    check_requires,
    check_provides,
    check_external,
    check_shareable,
    check_override,
    check_interface_objects,
    check_disallowed_inaccessible,
    check_auth,
    check_cost,
    check_list_size,
    check_composed_directives,
    check_context,
)

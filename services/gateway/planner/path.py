"""A path through subgraphs: a chain of interned steps.

A step enters a subgraph, selects a field, narrows to an object type, or moves to another subgraph with an entity's key. One that needs
other data first (a key, `@requires`) carries the paths to that data.
"""

from __future__ import annotations

from services.gateway.planner.graph import EntityTarget, Provided
from services.gateway.planner.selection import Field, Selection

ENTER, FIELD, NARROW, ENTITY = "enter", "field", "narrow", "entity"


class Path:
    """One step of a path and, through `parent`, everything before it."""

    __slots__ = (
        "decision",
        "depth",
        "doubtful",
        "edge",
        "field",
        "graph",
        "index",
        "key",
        "mask",
        "members",
        "needs",
        "parent",
        "provided",
        "required",
        "target",
        "type",
    )

    def __init__(
        self,
        index: int,
        parent: Path | None,
        edge: str,
        type_name: str,
        graph: str,
        *,
        field: Field | None = None,
        target: EntityTarget | None = None,
        key: tuple[Selection, ...] = (),
        required: tuple[Selection, ...] = (),
        needs: tuple[Path, ...] = (),
        provided: Provided | None = None,
        hop: bool = False,
        doubtful: bool = False,
        members: tuple[str, ...] = (),
    ) -> None:
        self.index = index
        self.parent = parent
        self.edge = edge
        self.type = type_name
        """The type the path has arrived at."""
        self.graph = graph
        self.field = field
        self.target = target
        self.key = key
        """Key selections by which an entity is asked, for an entity move or a field that requires."""
        self.required = required
        self.needs = needs
        """Paths to the leaves of `key` and `required`."""
        self.provided = provided
        self.members = members
        """The object types an interface is narrowed to, when it is to several at once."""
        mask = 1 << index
        depth = 0
        for other in (*((parent,) if parent else ()), *needs):
            mask |= other.mask
            depth = max(depth, other.depth)
            doubtful = doubtful or other.doubtful
        self.mask = mask
        self.depth = depth + hop
        self.doubtful = doubtful
        """Whether some step on the way may be beyond its subgraph."""
        self.decision = index if parent is None or hop else parent.index

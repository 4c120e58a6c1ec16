"""Evidence as it is shown and as it is handed in."""

from collections.abc import Sequence
from typing import Self

import strawberry

from services.routing.model.evidence import Evidence, EvidenceKind

strawberry.enum(EvidenceKind, name="OrderEvidenceKind", description="What a piece of evidence is. 凭证类型。")

_REF = "A URL or the number of a record. 链接或记录编号。"


@strawberry.type(description="What shows that work was done. 办理凭证。")
class OrderEvidence:
    kind: EvidenceKind
    ref: str = strawberry.field(description=_REF)
    note: str

    @classmethod
    def of(cls, piece: Evidence) -> Self:
        """The piece as GraphQL shows it."""
        return cls(kind=piece.kind, ref=piece.ref, note=piece.note)


@strawberry.input
class OrderEvidenceInput:
    kind: EvidenceKind
    ref: str = strawberry.field(description=_REF)
    note: str = ""


def evidence_of(given: Sequence[OrderEvidenceInput]) -> list[Evidence]:
    """What was handed in, for the model."""
    return [Evidence(kind=piece.kind, ref=piece.ref, note=piece.note) for piece in given]

"""Evidence as it is shown and as it is handed in."""

from collections.abc import Collection, Sequence
from typing import Self

import strawberry

from services.routing.model.order.evidence import Evidence, EvidenceKind, Stage

strawberry.enum(EvidenceKind, name="OrderEvidenceKind", description="What a piece of evidence is. 凭证类型。")
strawberry.enum(Stage, name="OrderEvidenceStage", description="Before the work, after it, or neither. 办理前后。")

_REF = "A URL or the number of a record. 链接或记录编号。"


@strawberry.type(description="What shows that work was done. 办理凭证。")
class OrderEvidence:
    kind: EvidenceKind
    ref: str = strawberry.field(description=_REF)
    note: str
    stage: Stage
    used_elsewhere: bool = strawberry.field(
        description="The same photo was handed in for another order. 该照片曾用于其他工单。"
    )

    @classmethod
    def of(cls, piece: Evidence, reused: Collection[str] = ()) -> Self:
        """The piece as GraphQL shows it; `reused` are marks of photos known from other orders."""
        elsewhere = (piece.digest or piece.ref) in reused
        return cls(kind=piece.kind, ref=piece.ref, note=piece.note, stage=piece.stage, used_elsewhere=elsewhere)


@strawberry.input
class OrderEvidenceInput:
    kind: EvidenceKind
    ref: str = strawberry.field(description=_REF)
    note: str = ""
    stage: Stage = Stage.OTHER
    digest: str | None = strawberry.field(
        default=None, description="SHA-256 of the file, by which the same photo is known again. 文件摘要。"
    )


def evidence_of(given: Sequence[OrderEvidenceInput]) -> list[Evidence]:
    """What was handed in, for the model."""
    return [
        Evidence(kind=piece.kind, ref=piece.ref, note=piece.note, stage=piece.stage, digest=piece.digest)
        for piece in given
    ]

"""What shows that work was done."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from services.routing.errors.work_order import TooMuchEvidence
from services.routing.model.texts import optional, required

MAX_EVIDENCE = 50


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    VISIT = "visit"
    RECORD = "record"


class Stage(StrEnum):
    """When it was taken."""

    BEFORE = "before"
    AFTER = "after"
    OTHER = "other"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What shows that the work was done: `ref` is a URL or the number of a record; `digest` lets the same
    photo be known again under another ref."""

    kind: EvidenceKind
    ref: str
    note: str = ""
    stage: Stage = Stage.OTHER
    digest: str | None = None


def check_evidence(evidence: Sequence[Evidence]) -> None:
    """Raises a Refusal when there is too much of it, a piece says not where it is, or a text is too long."""
    if len(evidence) > MAX_EVIDENCE:
        raise TooMuchEvidence(path=("evidence",), limit=MAX_EVIDENCE)
    for index, piece in enumerate(evidence):
        required(piece.ref, "ref", "凭证出处", ("evidence", str(index), "ref"))
        optional(piece.note, ("evidence", str(index), "note"))
        optional(piece.digest, ("evidence", str(index), "digest"))

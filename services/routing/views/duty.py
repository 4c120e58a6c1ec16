"""The duties that wait for a caller."""

from services.chassis.identity import Caller
from services.chassis.mongo import Document


def mine(caller: Caller) -> list[Document]:
    """One filter for each capacity the caller has duties in, each with an index that gives them by `due_at`."""
    filters: list[Document] = []
    if caller.has("handler", "centre"):
        filters += [{"post": caller.post}] if caller.post else []
        filters += [{"unit": caller.unit}] if caller.unit else []
    if caller.has("centre") and caller.area:
        filters.append({"centre": caller.area})
    return filters

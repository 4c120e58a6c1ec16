"""Several aggregations over one collection as one command: a branch of its own plan and index for each."""

from collections.abc import Sequence

from services.chassis.mongo import Document, Mongo, maybe_await


async def aggregated(mongo: Mongo, collection: str, *pipelines: Sequence[Document]) -> list[Document]:
    """The rows of all of them, one pipeline after the other; at most a few hundred pipelines."""
    first, *others = pipelines
    unions = [{"$unionWith": {"coll": collection, "pipeline": other}} for other in others]
    cursor = await maybe_await(mongo[collection].aggregate([*first, *unions]))
    rows: list[Document] = await cursor.to_list(None)
    return rows

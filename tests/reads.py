"""What a test's requests asked of MongoDB, as its profiler saw it."""

import contextlib
from collections.abc import AsyncIterator

from services.chassis.mongo import Document, Mongo

_READS = ("find", "aggregate", "count", "distinct")


@contextlib.asynccontextmanager
async def reads(mongo: Mongo) -> AsyncIterator[list[Document]]:
    """The reads made inside, in order, once it is left: `collection`, `docs` and `keys` looked at."""
    found: list[Document] = []
    await mongo.database.command({"profile": 2})
    try:
        yield found
    finally:
        await mongo.database.command({"profile": 0})
    rows = await mongo["system.profile"].find({}).sort("ts", 1).to_list(None)
    await mongo["system.profile"].drop()
    found += [
        {"collection": row["command"][kind], "docs": row.get("docsExamined"), "keys": row.get("keysExamined")}
        for row in rows
        for kind in _READS
        if kind in row["command"] and row["command"][kind] != "system.profile"
    ]

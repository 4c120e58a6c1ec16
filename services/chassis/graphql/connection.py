"""Relay connections over keyset cursors: a page continues after a key, never after a count, so inserts do not shift it."""

import asyncio
import base64
import binascii
import dataclasses
import heapq
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
import strawberry
import strawberry.federation
from pymongo import ASCENDING, DESCENDING

from services.chassis.errors import InvalidInput
from services.chassis.mongo import Document, Mongo

MAX_PAGE = 100

N = TypeVar("N")


@strawberry.federation.type(shareable=True)
class PageInfo:
    """Where this page lies. 分页信息。"""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[N]):
    """One item and the cursor that continues after it."""

    cursor: str
    node: N


@strawberry.type
class Connection(Generic[N]):
    """A page of a list, newest first unless said otherwise. 列表的一页。"""

    edges: list[Edge[N]]
    page_info: PageInfo

    nodes: list[N] = strawberry.field(description="The items without their cursors. 不带游标的条目。")


@dataclasses.dataclass(frozen=True)
class Source(Generic[N]):
    """Documents of one collection for a list, ordered by `order_by` with `_id` as tie-break (declare an index for both)."""

    collection: str
    where: Mapping[str, Any]
    to_node: Callable[[Document], N]
    order_by: str = "received_at"


async def page(
    mongo: Mongo,
    collection: str,
    where: Mapping[str, Any],
    to_node: Callable[[Document], N],
    *,
    first: int,
    after: str | None,
    order_by: str = "received_at",
    descending: bool = True,
) -> Connection[N]:
    """One page of documents matching `where`, as of one `Source`.

    `first` is 1..100. Raises InvalidInput for another number or a cursor that is not ours.
    """
    source = Source(collection, where, to_node, order_by)
    return await merged_page(mongo, [source], first=first, after=after, descending=descending)


async def merged_page(
    mongo: Mongo, sources: Sequence[Source[N]], *, first: int, after: str | None, descending: bool = True
) -> Connection[N]:
    """One page of the documents of several collections, in one order; the sources are read side by side. Raises as `page`."""
    if not 1 <= first <= MAX_PAGE:
        raise InvalidInput(path=("first",), reason=f"1..{MAX_PAGE}")
    position = _read_cursor(after) if after is not None else None
    reads = (_read(mongo, source, position, first + 1, descending=descending) for source in sources)
    parts = await asyncio.gather(*reads)
    found = list(heapq.merge(*parts, key=lambda item: (item[0], item[1]), reverse=descending))
    edges = [Edge(cursor=_cursor(value, last_id), node=to_node(row)) for value, last_id, row, to_node in found[:first]]
    info = PageInfo(has_next_page=len(found) > first, end_cursor=edges[-1].cursor if edges else None)
    return Connection(edges=edges, nodes=[edge.node for edge in edges], page_info=info)


async def _read(
    mongo: Mongo, source: Source[N], position: tuple[Any, str] | None, limit: int, *, descending: bool
) -> list[tuple[Any, str, Document, Callable[[Document], N]]]:
    query: Document = dict(source.where)
    by = source.order_by
    if position is not None:
        value, last_id = position
        on, seen = ("$lte", "$gte") if descending else ("$gte", "$lte")
        # Not `$or`: with it the planner may leave the index that gives the order, and sort in memory.
        beyond = {by: {on: value}, "$nor": [{by: value, "_id": {seen: last_id}}]}
        query = {"$and": [query, beyond]} if query else beyond
    direction = DESCENDING if descending else ASCENDING
    rows = (
        await mongo[source.collection]
        .find(query)
        .sort([(by, direction), ("_id", direction)])
        .limit(limit)
        .to_list(limit)
    )
    return [(row[by], row["_id"], row, source.to_node) for row in rows]


def _cursor(value: Any, last_id: str) -> str:
    # Times and texts look alike in JSON, so a cursor says which it holds.
    content = [isinstance(value, datetime), value, last_id]
    return base64.urlsafe_b64encode(msgspec.json.encode(content)).decode()


def _read_cursor(text: str) -> tuple[Any, str]:
    try:
        raw = base64.urlsafe_b64decode(text.encode())
        is_time, value, last_id = msgspec.json.decode(raw, type=tuple[bool, str | int, str])
        return (msgspec.convert(value, datetime) if is_time else value), last_id
    except (binascii.Error, msgspec.DecodeError, ValueError):
        raise InvalidInput(path=("after",), reason="cursor") from None

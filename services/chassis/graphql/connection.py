"""Relay connections over keyset cursors: a page continues after a key, never after a count, so inserts do not shift it."""

import base64
import binascii
from collections.abc import Callable, Mapping
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
    """One page of documents matching `where`, ordered by `order_by` with `_id` as tie-break (declare an index for both).

    `first` is 1..100. Raises InvalidInput for another number or a cursor that is not ours.
    """
    if not 1 <= first <= MAX_PAGE:
        raise InvalidInput(path=("first",), reason=f"1..{MAX_PAGE}")
    query: Document = dict(where)
    if after is not None:
        value, last_id = _read_cursor(after)
        on, seen = ("$lte", "$gte") if descending else ("$gte", "$lte")
        # Not `$or`: with it the planner may leave the index that gives the order, and sort in memory.
        beyond = {order_by: {on: value}, "$nor": [{order_by: value, "_id": {seen: last_id}}]}
        query = {"$and": [query, beyond]} if query else beyond
    direction = DESCENDING if descending else ASCENDING
    cursor = mongo[collection].find(query).sort([(order_by, direction), ("_id", direction)])
    documents = await cursor.limit(first + 1).to_list(first + 1)
    edges = [
        Edge(cursor=_cursor(document[order_by], document["_id"]), node=to_node(document))
        for document in documents[:first]
    ]
    info = PageInfo(has_next_page=len(documents) > first, end_cursor=edges[-1].cursor if edges else None)
    return Connection(edges=edges, nodes=[edge.node for edge in edges], page_info=info)


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

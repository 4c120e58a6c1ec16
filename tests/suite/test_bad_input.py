"""What is wrong is answered with a clear typed error, and nothing of it is stored."""

import io
import json
import time
from collections.abc import Iterator
from typing import Any

import aiohttp
import pymongo
import pytest

from dev.platform import Platform
from tests.refusals import said
from tests.suite.client import Client
from tests.suite.places import a_place

SUBMIT = "mutation($input: SubmitReportInput!) { submitReport(input: $input) { report { id } errors { code reason message path } } }"
REPORT: dict[str, Any] = {"idempotencyKey": "bad", "kind": "COMPLAINT", "category": "utility_water", "text": "停水"}


@pytest.fixture(autouse=True)
def nothing_is_stored(platform: Platform) -> Iterator[None]:
    """Every test here leaves the stores as they were."""
    with pymongo.MongoClient[dict[str, Any]](platform.mongo_url) as client:

        def count() -> tuple[int, int]:
            intake = client["huying_intake"]
            received = {"type": "huying.intake.report.received.v1"}
            return intake["reports"].count_documents({}), intake["outbox"].count_documents(received)

        before = count()
        yield
        assert count() == before


async def code(client: Client, query: str, variables: dict[str, Any] | None = None) -> str:
    answer = await client.send(query, variables)
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


async def refusal(client: Client, **given: Any) -> dict[str, Any]:
    payload = await client.try_to("submitReport", "report { id }", **{**REPORT, "place": a_place(), **given})
    assert payload["report"] is None
    error: dict[str, Any] = payload["errors"][0]
    return error


async def test_malformed_graphql(resident: Client) -> None:
    assert await code(resident, "mutation { submitReport(") == "GRAPHQL_PARSE_FAILED"
    assert await code(resident, "{ nothingLikeThis }") == "GRAPHQL_VALIDATION_FAILED"


async def test_an_unknown_enum_value_or_a_missing_field(resident: Client) -> None:
    assert await code(resident, SUBMIT, {"input": {**REPORT, "kind": "SHOUTING"}}) == "BAD_USER_INPUT"
    assert await code(resident, SUBMIT, {"input": {"kind": "COMPLAINT"}}) == "BAD_USER_INPUT"


async def test_a_place_outside_the_district(resident: Client) -> None:
    error = await refusal(resident, place={"lon": -71.05, "lat": 42.36})

    assert said(error) == "PLACE_OUTSIDE_DISTRICT"
    assert error["path"] == ["place"]


async def test_a_place_that_is_none_and_a_category_that_is_none(resident: Client) -> None:
    assert (await refusal(resident, place={"lon": 720.0, "lat": 0.0}))["path"] == ["place", "lon"]
    assert (await refusal(resident, category="no_such"))["path"] == ["category"]
    assert (await refusal(resident, text="   "))["path"] == ["text"]


async def test_a_body_of_ten_megabytes(resident: Client) -> None:
    body = json.dumps({"query": SUBMIT, "variables": {"input": {**REPORT, "text": "水" * 10_000_000}}})
    headers = resident.headers | {"content-type": "application/json"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(resident.url, data=io.BytesIO(body.encode()), headers=headers) as answer,
    ):
        assert answer.status == 413
        assert (await answer.json())["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [("Bearer nonsense", "not valid"), ("Basic eDp5", "expected")],
)
async def test_a_wrong_token(platform: Platform, resident: Client, authorization: str, reason: str) -> None:
    resident.headers = {**resident.headers, "authorization": authorization}
    answer = await resident.send(SUBMIT, {"input": {**REPORT, "place": a_place()}})

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert reason in answer["errors"][0]["message"]


async def test_an_expired_token_and_one_for_somebody_else(platform: Platform) -> None:
    expired = Client(platform, "", claims={"sub": "person_x", "roles": ["resident"], "exp": int(time.time()) - 60})
    foreign = Client(platform, "", claims={"sub": "person_x", "roles": ["resident"], "aud": "another"})

    assert await code(expired, SUBMIT, {"input": {**REPORT, "place": a_place()}}) == "UNAUTHENTICATED"
    assert await code(foreign, SUBMIT, {"input": {**REPORT, "place": a_place()}}) == "UNAUTHENTICATED"


async def test_no_token_at_all(resident: Client) -> None:
    resident.headers = {key: value for key, value in resident.headers.items() if key != "authorization"}

    assert await code(resident, SUBMIT, {"input": {**REPORT, "place": a_place()}}) == "UNAUTHENTICATED"


@pytest.mark.parametrize("role", ["operator", "mediator"])
async def test_a_role_that_may_not(platform: Platform, role: str) -> None:
    error = await refusal(Client(platform, role))

    assert said(error) == "NOT_ALLOWED RANK"
    assert error["message"]


async def test_somebody_elses_report_is_not_there(platform: Platform, resident: Client) -> None:
    stranger = Client(platform, "", claims={"sub": "person_stranger", "roles": ["resident"]})
    mine = (await resident.ask("{ myReports(first: 1) { nodes { id } } }"))["myReports"]["nodes"][0]["id"]

    seen = await stranger.ask("query($id: ID!) { report(id: $id) { id } }", id=mine)
    confirmed = await stranger.try_to("confirmReport", "report { id }", reportId=mine, satisfaction=1)

    assert seen["report"] is None
    assert confirmed["errors"][0]["code"] == "NOT_FOUND"

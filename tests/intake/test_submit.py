"""Submitting at the GraphQL edge."""

from typing import Any

import pytest

from services.chassis.identity import Caller
from tests.intake.world import (
    ATTENDANT,
    CENTRE,
    GRID_1,
    HANDLER,
    OPERATOR,
    OUTSIDE,
    PATH_1,
    RESIDENT,
    STREET,
    World,
)
from tests.refusals import said


async def test_resident_submits_and_reads_the_report_back(world: World) -> None:
    payload = await world.submit()

    report = payload["report"]
    assert payload["errors"] == []
    assert report["state"] == "TRIAGED"
    assert report["callLevel"] == "PUBLIC"
    assert [area["id"] for area in report["areaPath"]] == PATH_1
    data = await world.ask(
        "query Q($id: ID!) { report(id: $id) { number text category { code parent { code } } area { id } } }",
        id=report["id"],
    )
    assert data["report"] == {
        "number": report["number"],
        "text": "楼下垃圾三天没有清运",
        "category": {"code": "env_waste", "parent": {"code": "env"}},
        "area": {"id": GRID_1},
    }


async def test_report_is_found_by_its_number(world: World) -> None:
    number = (await world.submit())["report"]["number"]

    data = await world.ask("query Q($n: String!) { report(number: $n) { number } }", n=number)

    assert data["report"]["number"] == number


async def test_submitting_announces_received_and_triaged_in_one_transaction(world: World) -> None:
    report_id = await world.submitted()

    rows = await world.events(report_id)
    assert [row["type"] for row in rows] == [
        "huying.intake.report.received.v1",
        "huying.intake.report.triaged.v1",
    ]
    assert [row["sequence"] for row in rows] == [1, 2]
    assert rows[0]["actor"] == {"person": RESIDENT.person}
    assert "垃圾" not in "".join(row["data"] for row in rows)


async def test_without_category_a_report_waits_for_triage(world: World) -> None:
    payload = await world.submit(category=None)

    assert payload["report"]["state"] == "RECEIVED"
    assert await world.event_names(payload["report"]["id"]) == ["received"]


async def test_without_a_place_the_whole_district_sees_to_it(world: World) -> None:
    payload = await world.submit(place=None)

    assert payload["report"]["state"] == "RECEIVED"
    assert [area["id"] for area in payload["report"]["areaPath"]] == ["d1"]
    assert payload["report"]["area"] is None


@pytest.mark.capability("I-04")
async def test_same_key_and_input_is_the_same_report(world: World) -> None:
    first = await world.submit(idempotencyKey="k1")
    again = await world.submit(idempotencyKey="k1")

    assert first["report"] == again["report"]
    assert await world.mongo["reports"].count_documents({}) == 1


async def test_same_key_with_another_input_is_refused(world: World) -> None:
    await world.submit(idempotencyKey="k1")
    again = await world.submit(idempotencyKey="k1", text="另一件事")

    assert again["report"] is None
    assert [said(error) for error in again["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_place_outside_the_district_is_refused_where_it_stands(world: World) -> None:
    payload = await world.submit(place=OUTSIDE)

    assert payload["report"] is None
    assert payload["errors"] == [
        {
            "code": "PLACE_OUTSIDE_DISTRICT",
            "reason": None,
            "message": "The place is outside this district.",
            "path": ["place"],
        }
    ]


async def test_refusals_speak_chinese_by_default(world: World) -> None:
    data = await world.ask(
        "mutation M($input: SubmitReportInput!) { submitReport(input: $input) { errors { message } } }",
        language="zh",
        input={"idempotencyKey": "k", "kind": "HELP", "text": "x", "place": OUTSIDE},
    )

    assert data["submitReport"]["errors"] == [{"message": "地点不在本区范围内。"}]


async def test_before_areas_are_loaded_the_refusal_says_so(bare: World) -> None:
    payload = await bare.submit(category=None)

    assert [said(error) for error in payload["errors"]] == ["AREAS_NOT_LOADED"]


async def test_areas_loaded_by_another_replica_are_seen_at_the_next_miss(bare: World) -> None:
    await bare.submit(category=None)
    other = World(bare.settings)
    await other.load()
    await other.mongo.close()

    payload = await bare.submit()

    assert payload["errors"] == []


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"place": {"lon": 200.0, "lat": 23.0}}, "INVALID_INPUT", ["place", "lon"]),
        ({"place": {"lon": 113.0, "lat": -91.0}}, "INVALID_INPUT", ["place", "lat"]),
        ({"text": "  "}, "INVALID_INPUT", ["text"]),
        ({"text": "字" * 20_001}, "INVALID_INPUT", ["text"]),
        ({"idempotencyKey": ""}, "INVALID_INPUT", ["idempotencyKey"]),
        ({"media": ["m"] * 10}, "INVALID_INPUT", ["media"]),
        ({"occurredAt": "2027-01-01T00:00:00Z"}, "INVALID_INPUT", ["occurredAt"]),
        ({"category": "nothing"}, "UNKNOWN_CATEGORY", ["category"]),
        ({"place": None, "areaId": "nowhere"}, "UNKNOWN_AREA", ["areaId"]),
        ({"mode": "EMERGENCY"}, "NOT_ALLOWED ROLE", ["mode"]),
        ({"channel": "POLICE"}, "NOT_ALLOWED ROLE", ["channel"]),
        ({"callLevel": "GRID"}, "NOT_ALLOWED RANK", ["callLevel"]),
    ],
)
async def test_wrong_input_is_refused_with_its_path(
    world: World, given: dict[str, Any], code: str, path: list[str]
) -> None:
    payload = await world.submit(**given)

    assert payload["report"] is None
    assert [(said(error), error["path"]) for error in payload["errors"]] == [(code, path)]


@pytest.mark.capability("I-01")
async def test_the_post_fixes_which_calls_it_makes(world: World) -> None:
    levels = {}
    for name, caller in {"resident": RESIDENT, "grid": ATTENDANT, "street": STREET, "district": CENTRE}.items():
        levels[name] = (await world.submit(caller))["report"]["callLevel"]
    community = (await world.submit(STREET, callLevel="COMMUNITY"))["report"]["callLevel"]
    too_high = await world.submit(ATTENDANT, callLevel="STREET")

    assert levels == {"resident": "PUBLIC", "grid": "GRID", "street": "STREET", "district": "ELEVATED"}
    assert community == "COMMUNITY"
    assert [said(error) for error in too_high["errors"]] == ["NOT_ALLOWED RANK"]


@pytest.mark.parametrize("caller", [HANDLER, OPERATOR])
async def test_those_who_only_handle_do_not_submit(world: World, caller: Caller) -> None:
    payload = await world.submit(caller)

    assert [said(error) for error in payload["errors"]] == ["NOT_ALLOWED RANK"]


@pytest.mark.capability("I-08")
async def test_attendant_files_for_somebody_else(world: World) -> None:
    payload = await world.submit(ATTENDANT, onBehalfOf={"person": RESIDENT.person}, category=None)

    assert payload["report"]["caller"]["person"] == RESIDENT.person
    assert payload["report"]["collector"]["person"] == ATTENDANT.person
    mine = await world.ask("{ myReports { nodes { id } } }", RESIDENT)
    assert [node["id"] for node in mine["myReports"]["nodes"]] == [payload["report"]["id"]]


@pytest.mark.capability("I-03")
async def test_the_channel_is_kept(world: World) -> None:
    channels = ["ATTENDANT", "VIDEO", "POLICE", "ORGAN"]

    kept = [(await world.submit(CENTRE, channel=channel))["report"]["channel"] for channel in channels]

    assert kept == channels


@pytest.mark.capability("I-13", "I-14")
async def test_staff_grade_what_they_submit(world: World) -> None:
    given = {"urgency": "CRITICAL", "importance": "MAJOR", "mode": "EMERGENCY", "track": "JOINTLY_MANAGED"}

    report = (await world.submit(ATTENDANT, **given))["report"]

    assert {name: report[name] for name in given} == given


async def test_urgency_comes_from_the_category(world: World) -> None:
    assert (await world.submit(category="gas"))["report"]["urgency"] == "CRITICAL"


async def test_anonymous_caller_is_kept_nowhere(world: World) -> None:
    report_id = await world.submitted(identityMode="ANONYMOUS")

    stored = [
        await world.mongo["reports"].find_one({"_id": report_id}),
        *await world.events(report_id),
        *await world.mongo["timeline"].find({"report_id": report_id}).to_list(None),
    ]
    assert RESIDENT.person not in str(stored)

"""Daily list, weekly dispatch and joint conference at the GraphQL edge: called by the clock, decided on, closed."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.routing.model.directive.meeting import (
    TRANSITIONS,
    Counts,
    Item,
    ItemKind,
    Meeting,
    MeetingAttendance,
    MeetingKind,
    MeetingSeries,
    MeetingState,
    Outcome,
    Rota,
    Scope,
)
from services.routing.store.meeting import MEETINGS
from tests.routing import district
from tests.routing.directive_world import Desk, at
from tests.routing.district import DEPARTMENT, DESK, SECTION
from tests.routing.meeting_world import Room
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai
ON_ORDER = "query($id: ID!) { workOrder(id: $id) { meetings { kind decisions { text } } } }"


@pytest.fixture
def room(world: World) -> Room:
    return Room(world)


@pytest.mark.capability("R-14")
async def test_the_daily_list_opens_by_itself_with_what_is_due(room: Room) -> None:
    series = await room.done("defineMeetingSeries", series=room.daily())
    assert datetime.fromisoformat(series["meetsNextAt"]) == MONDAY
    order = await room.world.dispatched()
    desk = Desk(room.world)
    task = await desk.running_task(SECTION_HEAD)
    supervised: dict[str, Any] = {
        "subjectKind": "WORK_ORDER",
        "subjectId": order.id,
        "level": "REMIND",
        "reason": "催办",
    }
    supervision = await desk.done("openSupervision", **supervised)
    await room.let_clock_act()
    assert await room.meetings() == []

    room.world.now = MONDAY
    await room.let_clock_act()
    await room.let_clock_act()

    (meeting,) = await room.meetings()
    assert (meeting["kind"], meeting["state"], meeting["post"]["id"]) == ("DAILY_LIST", "CONVENED", DESK)
    assert meeting["counts"] == {"orders": 1, "directives": 0, "supervisions": 1, "overdue": 1}
    found = {(item["kind"], item["subjectId"], item["overdue"]) for item in meeting["items"]}
    assert found == {("WORK_ORDER", order.id, True), ("SUPERVISION", supervision["id"], False)}
    assert meeting["items"][0]["workOrder"]["id"] == order.id
    room.world.now = MONDAY + timedelta(days=9)
    await room.let_clock_act()
    later = (await room.meetings())[0]
    assert ("DIRECTIVE", task["id"]) in {(item["kind"], item["subjectId"]) for item in later["items"]}
    assert len(await room.meetings()) == 2, "one meeting, however many moments were slept through"


@pytest.mark.capability("R-14")
async def test_a_meeting_closes_with_minutes_and_an_outcome_of_every_item(room: Room) -> None:
    weekly = room.daily(kind="WEEKLY_DISPATCH", name="周调度", weekdays=[1], members=["unit_s1"])
    await room.done("defineMeetingSeries", series=weekly)
    orders = [await room.world.dispatched(f"report_{number}") for number in range(3)]
    room.world.now = MONDAY
    await room.let_clock_act()
    (meeting,) = await room.meetings(filter={"kind": "WEEKLY_DISPATCH"})
    given = {"meetingId": meeting["id"]}
    items = {item["subjectId"]: item["id"] for item in meeting["items"]}

    decide = {**given, "text": "三日内清运", "itemId": items[orders[0].id], "workOrderId": orders[0].id}
    decided = await room.done("decideAtMeeting", **decide)
    assert [(row["text"], row["post"]["id"], row["workOrder"]["state"]) for row in decided["decisions"]] == [
        ("三日内清运", SECTION, "DISPATCHED")
    ]
    assert await room.refused("closeMeeting", **given) == "MEETING_STATE_FORBIDS"
    attendance = [{"unitId": "unit_dept", "present": True}]
    assert await room.refused("recordMeeting", **given, minutes="好", attendance=attendance) == "ATTENDANCE_INCOMPLETE"
    attendance = [{"unitId": "unit_s1", "present": False, "note": "防汛"}]
    assert (await room.done("recordMeeting", **given, minutes="逐件过堂", attendance=attendance))["state"] == "HELD"
    assert await room.refused("closeMeeting", **given) == "ITEMS_UNSETTLED"
    rest = {**given, "itemIds": [items[order.id] for order in orders[1:]]}
    assert await room.refused("settleMeetingItems", **rest, outcome="CARRIED_OVER") == "TEXT_MISSING"
    await room.done("settleMeetingItems", **rest, outcome="CARRIED_OVER", note="下周再议")
    closed = await room.done("closeMeeting", **given)

    assert closed["state"] == "CLOSED"
    assert {item["outcome"] for item in closed["items"]} == {"DECIDED", "CARRIED_OVER"}
    shown = (await room.world.ask(ON_ORDER, id=orders[0].id))["workOrder"]["meetings"]
    assert shown == [{"kind": "WEEKLY_DISPATCH", "decisions": [{"text": "三日内清运"}]}]
    assert await room.told() == [
        *("meeting_series.defined", "meeting.convened", "meeting.decided"),
        *("meeting.held", "meeting.items_settled", "meeting.closed"),
    ]
    rows = await room.world.told("meeting")
    assert not any(text in row["data"] for row in rows for text in ("清运", "过堂", "再议"))


@pytest.mark.capability("R-14")
async def test_a_decision_shows_how_far_its_order_is(room: Room) -> None:
    await room.done("defineMeetingSeries", series=room.daily())
    order = await room.world.dispatched()
    room.world.now = MONDAY
    await room.let_clock_act()
    (meeting,) = await room.meetings()
    await room.done("decideAtMeeting", meetingId=meeting["id"], text="今日办结", workOrderId=order.id)

    await room.world.done("recallOrder", DESK_OFFICER, workOrderId=order.id, reason="重复")

    (meeting,) = await room.meetings()
    assert meeting["decisions"][0]["workOrder"]["state"] == "RECALLED"
    late = {"meetingId": meeting["id"], "text": "再办", "workOrderId": order.id}
    assert await room.refused("decideAtMeeting", **late) == "DECISION_NEEDS_ORDER"


@pytest.mark.capability("R-33")
async def test_a_joint_conference_on_a_hard_order_brings_the_council_together(room: Room) -> None:
    council = room.daily(kind="JOINT_CONFERENCE", name="大工委", weekdays=[], at=None, members=["unit_dept", "unit_c1"])
    series = await room.done("defineMeetingSeries", series=council)
    assert series["meetsNextAt"] is None
    order = await room.world.dispatched()
    convene: dict[str, Any] = {
        "workOrderId": order.id,
        "reason": "权属不清",
        "place": "三楼会议室",
        "meetsAt": at(room.world.now + timedelta(hours=3)),
    }
    assert await room.refused("conveneConference", **convene) == "MEMBERS_MISSING"
    assert await room.refused("conveneConference", SECTION_HEAD, **convene) == "NOT_ALLOWED ROLE"
    assert await room.refused("conveneConference", OTHER_SECTION_HEAD, **convene) == "NOT_FOUND"

    meeting = await room.done("conveneConference", **convene, seriesId=series["id"], members=["unit_mediation"])

    members = [row["id"] for row in meeting["members"]]
    assert members == ["unit_dept", "unit_c1", "unit_mediation", "unit_s1"]
    assert (meeting["workOrder"]["id"], meeting["reason"]) == (order.id, "权属不清")
    assert [row["id"] for row in await room.meetings(DEPARTMENT_HEAD)] == [meeting["id"]]
    given = {"meetingId": meeting["id"]}
    decide = {**given, "text": "由街道牵头", "itemId": meeting["items"][0]["id"], "workOrderId": order.id}
    assert await room.refused("decideAtMeeting", DEPARTMENT_HEAD, **decide) == "NOT_ALLOWED ROLE"
    await room.done("decideAtMeeting", **decide)
    attendance = [{"unitId": unit, "present": unit != "unit_c1"} for unit in members]
    await room.done("recordMeeting", **given, minutes="会商一致", attendance=attendance)
    assert (await room.done("closeMeeting", **given))["state"] == "CLOSED"
    shown = (await room.world.ask(ON_ORDER, SECTION_HEAD, id=order.id))["workOrder"]["meetings"]
    assert shown == [{"kind": "JOINT_CONFERENCE", "decisions": [{"text": "由街道牵头"}]}]
    (told,) = [row["data"] for row in await room.world.told("meeting") if "convened" in row["type"]]
    assert msgspec.json.decode(told)["orderId"] == order.id


@pytest.mark.capability("R-14", "R-33")
async def test_a_decision_opens_a_new_order_for_another_unit(room: Room) -> None:
    order = await room.world.dispatched()
    meeting = await room.done(
        "conveneConference",
        workOrderId=order.id,
        members=["unit_dept"],
        reason="权属不清",
        place="三楼",
        meetsAt=at(room.world.now + timedelta(hours=1)),
    )
    decide = {"meetingId": meeting["id"], "text": "由区局迁移管线", "itemId": meeting["items"][0]["id"]}
    assert await room.refused("decideAtMeeting", **decide) == "DECISION_NEEDS_ORDER"
    both = {**decide, "workOrderId": order.id, "postId": DEPARTMENT}
    assert await room.refused("decideAtMeeting", **both) == "DECISION_NEEDS_ORDER"

    decided = await room.done("decideAtMeeting", **decide, postId=DEPARTMENT)

    (decision,) = decided["decisions"]
    assert (decision["newOrder"], decision["post"]["id"]) == (True, DEPARTMENT)
    new = decision["workOrder"]["id"]
    document = "query($id: ID!) { workOrder(id: $id) { state source { kind id } meetings { id } } }"
    seen = (await room.world.ask(document, DEPARTMENT_HEAD, id=new))["workOrder"]
    assert seen["state"] == "DISPATCHED"
    assert seen["source"] == {"kind": "MEETING", "id": decision["id"]}
    assert seen["meetings"] == [{"id": meeting["id"]}]
    await room.world.done("acceptOrder", DEPARTMENT_HEAD, workOrderId=new)
    (shown,) = await room.meetings()
    assert shown["decisions"][0]["workOrder"]["state"] == "ACCEPTED"


async def test_a_series_is_changed_and_ended_by_its_centre(room: Room) -> None:
    series = await room.done("defineMeetingSeries", series=room.daily())
    given = {"seriesId": series["id"]}

    changed = await room.done("changeMeetingSeries", **given, series=room.daily(at="09:00", members=["unit_c1"]))
    assert datetime.fromisoformat(changed["meetsNextAt"]) == MONDAY + timedelta(minutes=30)
    assert [row["id"] for row in changed["members"]] == ["unit_c1"]
    assert await room.refused("endMeetingSeries", STREET_2_CENTRE, **given) == "NOT_FOUND"
    assert (await room.done("endMeetingSeries", **given))["meetsNextAt"] is None
    assert await room.refused("endMeetingSeries", **given) == "SERIES_ENDED"
    room.world.now = MONDAY + timedelta(days=3)
    await room.let_clock_act()
    assert await room.meetings() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"weekdays": []}, "SCHEDULE_WRONG"),
        ({"weekdays": [0]}, "SCHEDULE_WRONG"),
        ({"at": "half past eight"}, "SCHEDULE_WRONG"),
        ({"name": " "}, "TEXT_MISSING"),
        ({"areaId": "d9"}, "UNKNOWN_AREA"),
        ({"postId": "post_none"}, "UNKNOWN_POST"),
        ({"members": ["unit_none"]}, "UNKNOWN_UNIT"),
    ],
)
async def test_a_series_that_cannot_meet_is_refused(room: Room, change: dict[str, Any], code: str) -> None:
    assert await room.refused("defineMeetingSeries", series=room.daily(**change)) == code


async def test_meetings_are_for_who_runs_them_and_their_members(room: Room) -> None:
    await room.done("defineMeetingSeries", series=room.daily())
    room.world.now = MONDAY
    await room.let_clock_act()
    (meeting,) = await room.meetings()
    one = "query($id: ID!) { meeting(id: $id) { id } meetingSeries { nodes { id } } }"

    for viewer, seen in ((SECTION_HEAD, True), (DEPARTMENT_HEAD, True), (OTHER_SECTION_HEAD, False)):
        assert bool(await room.meetings(viewer)) is seen
        found = await room.world.ask(one, viewer, id=meeting["id"])
        assert bool(found["meeting"]) is bool(found["meetingSeries"]["nodes"]) is seen
    for stranger in (STREET_2_CENTRE, ATTENDANT, RESIDENT):
        assert await room.meetings(stranger) == []
        assert await room.refused("closeMeeting", stranger, meetingId=meeting["id"]) == "NOT_FOUND"


def test_a_rota_keeps_to_its_weekdays_and_leaves_out_public_holidays() -> None:
    rota = Rota(weekdays=(1, 2, 3, 4, 5), at="08:30")
    moment, met = datetime(2026, 9, 29, 12, 0, tzinfo=UTC), []
    for _ in range(4):
        following = rota.after(moment)
        assert following
        moment = following
        met.append(moment)

    # The National Day holiday of 2026 runs from 1 to 7 October; the make-up workday is a Saturday.
    assert [moment.date().isoformat() for moment in met] == ["2026-09-30", "2026-10-08", "2026-10-09", "2026-10-12"]
    assert Rota(weekdays=(6,), at="08:30").after(moment) == datetime(2026, 10, 17, 0, 30, tzinfo=UTC)
    assert Rota().after(moment) is None


NOW = MONDAY
POSTS = district.directory().posts
CENTRE = Actor(person="person_c", post=DESK, unit="unit_centre")
ACTS: dict[str, Callable[[Meeting], Sequence[EventData]]] = {
    "record": lambda meeting: meeting.record("记录", [MeetingAttendance(unit="unit_s1", present=True)], NOW, CENTRE),
    "decide": lambda meeting: meeting.decide(
        *("decision_1", "办", POSTS[SECTION], None, "item_1", "order_1"), new_order=False, now=NOW, by=CENTRE
    ),
    "settle": lambda meeting: meeting.settle(["item_2"], Outcome.NOTED, None),
    "close": lambda meeting: meeting.close(NOW),
}


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=20))
@settings(max_examples=100, deadline=None)
def test_no_sequence_of_commands_closes_a_meeting_without_minutes_and_outcomes(acts: list[str]) -> None:
    """INVARIANT: a closed meeting has minutes, and every item its outcome; it stays closed."""
    scope = Scope(
        kind=MeetingKind.DAILY_LIST,
        name="日督导",
        post=DESK,
        unit="unit_centre",
        area_id="d1",
        area_path=("d1",),
        members=("unit_s1",),
    )
    series, _ = MeetingSeries.define(scope, Rota(weekdays=(1,), at="08:30"), NOW)
    items = [
        Item(id=f"item_{number}", kind=ItemKind.WORK_ORDER, subject_id="order_1", due_at=NOW, overdue=True)
        for number in (1, 2)
    ]
    meeting, _ = Meeting.occurrence(series, items, Counts(orders=2), NOW)
    for act in acts:
        before = meeting.state
        try:
            assert ACTS[act](meeting)
        except Refusal:
            assert meeting.state is before
        else:
            assert before in TRANSITIONS[act][0]
            assert meeting.state is (TRANSITIONS[act][1] or before)
        if meeting.state is MeetingState.CLOSED:
            assert meeting.minutes
            assert meeting.unsettled == 0
        assert MEETINGS.from_document(MEETINGS.to_document(meeting)) == meeting

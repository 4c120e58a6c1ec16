"""A/B roles: exactly one active holder at any moment, along the chain of stand-ins; gaps are told ahead and at the moment (R-18)."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.leases import claim_due
from services.routing.handlers.organisation.absence import settle_gaps, tell_gap
from services.routing.model.organisation.organisation import Post, PostLevel
from services.routing.model.organisation.staffing import Away, HolderRole, Staffing
from services.routing.store.absence import ABSENCES, GAPS, open_gaps
from tests.refusals import said
from tests.routing import district
from tests.routing.absence_world import A, B, ask_absence, away, gaps, refused_away, tick, who
from tests.routing.district import COMMITTEE, DEPARTMENT, SECTION
from tests.routing.world import (
    DESK_OFFICER,
    OPERATOR,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

DEPUTY = Caller(person=B, roles=frozenset({"handler"}), post=SECTION, unit="unit_s1", area="d1-s1")


@pytest.mark.capability("R-18")
async def test_b_answers_while_a_is_away_and_a_again_afterwards(world: World) -> None:
    assert await who(world, SECTION, DESK_OFFICER) == ("A", A)
    await away(world, A, after=1, hours=8)
    assert await who(world, SECTION, DESK_OFFICER) == ("A", A)

    world.pass_time(hours=1)
    assert await who(world, SECTION, DESK_OFFICER) == ("B", B)

    world.pass_time(hours=8)
    assert await who(world, SECTION, DESK_OFFICER) == ("A", A)


@pytest.mark.capability("R-18")
async def test_the_chain_goes_on_to_whom_b_named_and_from_there_to_the_first_who_is_present(world: World) -> None:
    await away(world, A)
    await away(world, B, standInPersonId="person_post_s2_a")
    assert await who(world, SECTION, DESK_OFFICER) == ("STAND_IN", "person_post_s2_a")

    await away(world, "person_post_s2_a", standInPostId=DEPARTMENT)
    assert await who(world, SECTION, DESK_OFFICER) == ("STAND_IN", "person_post_dept_a")

    await away(world, "person_post_dept_a")
    assert await who(world, SECTION, DESK_OFFICER) == ("STAND_IN", "person_post_dept_b")


@pytest.mark.capability("R-18")
async def test_a_stand_in_that_leads_back_to_the_absent_person_is_refused(world: World) -> None:
    await away(world, A, standInPersonId=B)
    await away(world, "person_post_s2_a", after=12, standInPersonId=A)

    assert await refused_away(world, B, after=6, standInPersonId="person_post_s2_a") == "STAND_IN_LOOP"
    assert await refused_away(world, B, standInPersonId=B) == "STAND_IN_LOOP"
    # When the others are back the same stand-in is none of their chain's.
    await away(world, B, after=40, standInPersonId="person_post_s2_a")


async def test_two_who_name_each_other_at_once_do_not_both_succeed(world: World) -> None:
    times = {"since": world.now.isoformat(), "until": (world.now + timedelta(days=1)).isoformat()}
    answers = await asyncio.gather(
        ask_absence(world, "recordAbsence", OPERATOR, personId=A, standInPersonId=B, **times),
        ask_absence(world, "recordAbsence", OPERATOR, personId=B, standInPersonId=A, **times),
    )

    codes = [said(error) for answer in answers for error in answer["errors"]]
    assert codes == ["STAND_IN_LOOP"]


@pytest.mark.capability("R-18")
async def test_a_post_without_anybody_is_told_of_days_ahead_and_again_at_the_moment(world: World) -> None:
    await away(world, B, after=24 * 10, hours=48)
    await away(world, A, after=24 * 10 + 6, hours=24)
    await tick(world)
    since = world.now + timedelta(days=10, hours=6)
    (gap,) = await gaps(world, DESK_OFFICER)
    assert (gap["post"]["id"], datetime.fromisoformat(gap["since"])) == (SECTION, since)
    assert datetime.fromisoformat(gap["until"]) == since + timedelta(hours=24)
    await tick(world)
    assert await world.told("roster") == []

    world.pass_time(days=7, hours=6)
    await tick(world)
    await tick(world)
    (told,) = await world.told("roster")
    data = json.loads(told["data"])
    assert (told["type"], data["postId"], data["ahead"]) == ("huying.routing.roster.gap.v1", SECTION, True)
    assert data["areaPath"] == ["d1", "d1-s1"]

    world.pass_time(days=3)
    await tick(world)
    assert await who(world, SECTION, DESK_OFFICER) is None
    assert [json.loads(row["data"])["ahead"] for row in await world.told("roster")] == [True, False]

    world.pass_time(days=1)
    await tick(world)
    assert await gaps(world, DESK_OFFICER) == []
    assert len(await world.told("roster")) == 2


async def test_a_step_is_done_once_however_often_replicas_take_it_up(world: World) -> None:
    absence = await away(world, A)
    await away(world, B)
    for _ in range(2):
        await settle_gaps(world.store, world.directory, absence)
    (gap,) = await open_gaps(world.mongo)

    await asyncio.gather(*(tell_gap(world.store, gap.id) for _ in range(3)))

    assert [json.loads(row["data"])["ahead"] for row in await world.told("roster")] == [False]
    await tick(world)
    assert await claim_due(world.store, ABSENCES.collection.name) == []
    world.pass_time(minutes=5)
    assert await claim_due(world.store, ABSENCES.collection.name) == []
    assert await claim_due(world.store, GAPS.collection.name) == []


@pytest.mark.capability("R-18")
async def test_a_gap_is_filled_when_somebody_is_back_or_comes_to_hold_the_post(world: World) -> None:
    absence = await away(world, A, after=24)
    await away(world, B, after=24)
    await away(world, "person_post_dept_a")
    values = district.raw()
    next(post for post in values["posts"] if post["id"] == DEPARTMENT)["role_b"] = None
    await world.load(values)
    await tick(world)
    assert {gap["post"]["id"] for gap in await gaps(world, OPERATOR)} == {SECTION, DEPARTMENT}

    payload = await ask_absence(world, "cancelAbsence", DESK_OFFICER, absenceId=absence)
    assert payload["absence"]["state"] == "CANCELLED"
    await tick(world)
    assert {gap["post"]["id"] for gap in await gaps(world, OPERATOR)} == {DEPARTMENT}
    await world.load(district.raw())

    assert await gaps(world, OPERATOR) == []
    filled = [row for row in await world.told("roster") if row["type"].endswith("gap_filled.v1")]
    assert {json.loads(row["data"])["postId"] for row in filled} == {SECTION, DEPARTMENT}


@pytest.mark.capability("R-18")
async def test_whoever_acts_for_the_post_is_kept_with_the_act(world: World) -> None:
    order = await world.dispatched()
    await away(world, A)

    assert await world.done("acceptOrder", DEPUTY, workOrderId=order.id) == "ACCEPTED"
    world.pass_time(hours=30)
    assert await world.done("startOrder", SECTION_HEAD, workOrderId=order.id) == "WORKING"

    actors = [row["actor"] for row in await world.told("order")]
    assert [(actor.get("person"), actor.get("post")) for actor in actors[-2:]] == [(B, SECTION), (A, SECTION)]


async def test_an_absence_is_arranged_by_the_person_the_heads_above_the_centre_and_the_operator(world: World) -> None:
    values = district.raw()
    units = {unit["id"]: unit for unit in values["units"]}
    units["unit_c1"]["parent_id"] = "unit_s1"
    units["unit_s1"]["head_post_id"] = SECTION
    await world.load(values)
    worker = f"person_{COMMITTEE}_a"

    for n, caller in enumerate((SECTION_HEAD, DEPUTY, DESK_OFFICER, OPERATOR, Caller(person=worker))):
        await away(world, worker, after=n * 24, caller=caller, reason="病假")
    for caller in (OTHER_SECTION_HEAD, STREET_2_CENTRE, RESIDENT):
        assert await refused_away(world, worker, after=999, caller=caller) == "NOT_ALLOWED NOT_YOURS"

    listed = "query($person: ID!) { absences(person: $person) { nodes { id reason } } }"
    seen = (await world.ask(listed, SECTION_HEAD, person=worker))["absences"]["nodes"]
    assert [absence["reason"] for absence in seen] == ["病假"] * 5
    assert (await world.ask(listed, OTHER_SECTION_HEAD, person=worker))["absences"]["nodes"] == []
    other = await ask_absence(world, "endAbsence", OTHER_SECTION_HEAD, absenceId=seen[-1]["id"])
    assert [said(error) for error in other["errors"]] == ["NOT_FOUND"]
    assert all("病假" not in row["data"] for row in await world.told("absence"))


async def test_who_comes_back_early_answers_at_once(world: World) -> None:
    absence = await away(world, A)
    assert await who(world, SECTION, DESK_OFFICER) == ("B", B)
    world.pass_time(hours=2)

    payload = await ask_absence(world, "endAbsence", SECTION_HEAD, absenceId=absence)

    assert payload["absence"]["state"] == "OVER"
    assert await who(world, SECTION, DESK_OFFICER) == ("A", A)
    again = await ask_absence(world, "endAbsence", SECTION_HEAD, absenceId=absence)
    assert [said(error) for error in again["errors"]] == ["ABSENCE_STATE_FORBIDS"]


@pytest.mark.parametrize(
    ("person", "given", "code"),
    [
        (A, {"hours": 0}, "PERIOD_EMPTY"),
        (A, {"after": -48}, "PERIOD_EMPTY"),
        ("person_none", {}, "UNKNOWN_PERSON"),
        (A, {"standInPersonId": "person_none"}, "UNKNOWN_PERSON"),
        (A, {"standInPostId": "post_none"}, "UNKNOWN_POST"),
        (A, {"standInPersonId": B, "standInPostId": DEPARTMENT}, "TWO_STAND_INS"),
        (B, {"after": 12}, "ABSENCE_OVERLAPS"),
    ],
)
async def test_an_absence_that_cannot_be_is_refused(
    world: World, person: str, given: dict[str, Any], code: str
) -> None:
    await away(world, B)

    assert await refused_away(world, person, **given) == code


async def test_a_moment_without_a_time_zone_is_refused(world: World) -> None:
    given = {
        "idempotencyKey": new_id("key"),
        "personId": B,
        "since": "2026-11-23T09:00:00",
        "until": "2026-11-24T09:00:00",
    }
    document = "mutation($input: RecordAbsenceInput!) { recordAbsence(input: $input) { errors { code } } }"
    data, errors = await world.ask_raw(document, SECTION_HEAD, input=given)

    assert data is None
    assert [error["extensions"]["code"] for error in errors] == ["INVALID_INPUT", "INVALID_INPUT"]


async def test_recording_twice_with_one_key_records_once(world: World) -> None:
    given = {
        "idempotencyKey": new_id("key"),
        "since": world.now.isoformat(),
        "until": (world.now + timedelta(days=1)).isoformat(),
    }
    first = await ask_absence(world, "recordAbsence", SECTION_HEAD, **given)
    again = await ask_absence(world, "recordAbsence", SECTION_HEAD, **given)

    assert first["errors"] == []
    assert first["absence"] == again["absence"]
    assert first["absence"]["person"]["id"] == A


async def test_residents_do_not_learn_who_answers_or_that_nobody_does(world: World) -> None:
    await away(world, A)
    await away(world, B)
    await tick(world)

    document = "query($id: ID!) { post(id: $id) { activeHolder { role } gap { since } } }"
    assert (await world.ask(document, RESIDENT, id=SECTION))["post"] == {"activeHolder": None, "gap": None}
    assert await gaps(world, RESIDENT) == []
    assert await gaps(world, OTHER_SECTION_HEAD) == []
    assert (await world.ask(document, DESK_OFFICER, id=SECTION))["post"]["gap"]


_START = datetime(2026, 11, 22, tzinfo=UTC)
_PEOPLE = [f"p{n}" for n in range(5)]
_POSTS = [f"post{n}" for n in range(4)]


@st.composite
def staffings(draw: st.DrawFn) -> Staffing:
    """Any posts and absences, loops among the stand-ins included."""
    posts: dict[str, Post] = {}
    for post_id in _POSTS:
        role_a, role_b = draw(st.permutations(_PEOPLE))[:2]
        posts[post_id] = Post(
            id=post_id,
            title="",
            title_en="",
            unit_id="u",
            level=PostLevel.STREET,
            area_ids=(),
            competences=(),
            role_a=role_a,
            role_b=draw(st.sampled_from([role_b, None])),
        )
    periods: dict[str, tuple[Away, ...]] = {}
    for person in _PEOPLE:
        edges = sorted(draw(st.sets(st.integers(0, 12), max_size=4)))
        spans = list(zip(edges[::2], edges[1::2], strict=False))
        if spans:
            periods[person] = tuple(
                Away(
                    person=person,
                    since=_START + timedelta(hours=since),
                    until=_START + timedelta(hours=until),
                    stand_in_person=draw(st.sampled_from([None, *_PEOPLE])),
                )
                if draw(st.booleans())
                else Away(
                    person=person,
                    since=_START + timedelta(hours=since),
                    until=_START + timedelta(hours=until),
                    stand_in_post=draw(st.sampled_from([None, *_POSTS])),
                )
                for since, until in spans
            )
    return Staffing(posts, periods)


def _present(staffing: Staffing, person: str, at: datetime) -> bool:
    return all(not away.since <= at < away.until for away in staffing.away.get(person, ()))


@pytest.mark.capability("R-18")
@given(staffings(), st.integers(-1, 13))
def test_at_any_moment_a_post_has_one_present_holder_or_is_a_gap(staffing: Staffing, hour: int) -> None:
    """INVARIANT: resolution ends whatever the stand-ins are, and gives nobody who is absent."""
    at = _START + timedelta(hours=hour)
    for post_id, post in staffing.posts.items():
        holding = staffing.holder(post_id, at)
        if _present(staffing, post.role_a, at):
            assert holding
            assert (holding.person, holding.role) == (post.role_a, HolderRole.A)
        elif post.role_b and _present(staffing, post.role_b, at):
            assert holding
            assert (holding.person, holding.role) == (post.role_b, HolderRole.B)
        if holding:
            assert _present(staffing, holding.person, at)
            assert not any(_present(staffing, person, at) for person in holding.chain[:-1])
            assert len(set(holding.chain)) == len(holding.chain)
            assert holding.chain[-1] == holding.person


@given(staffings())
def test_the_vacancies_are_exactly_the_moments_without_a_holder(staffing: Staffing) -> None:
    vacancies = staffing.vacancies(_START)
    for post_id in staffing.posts:
        for hour in range(13):
            at = _START + timedelta(hours=hour)
            vacant = any(v.post_id == post_id and v.since <= at < v.until for v in vacancies)
            assert vacant == (staffing.holder(post_id, at) is None)
            first = staffing.vacancy(post_id, at)
            assert vacant == (first is not None and first.since <= at < first.until)


@given(staffings())
def test_absences_taken_one_by_one_never_make_a_ring_of_named_persons(staffing: Staffing) -> None:
    """INVARIANT: whom everybody names, absence after absence, never comes round; a loop is refused when it would arise."""
    taken: dict[str, tuple[Away, ...]] = {}
    for person, periods in staffing.away.items():
        for away_ in periods:
            wanted: Mapping[str, tuple[Away, ...]] = {**taken, person: (*taken.get(person, ()), away_)}
            if not Staffing(staffing.posts, wanted).leads_back(away_):
                taken = dict(wanted)
    result = Staffing(staffing.posts, taken)
    for hour in range(13):
        at = _START + timedelta(hours=hour)
        for person in _PEOPLE:
            seen, next_ = [person], result.absence(person, at)
            while next_ and next_.stand_in_person:
                assert next_.stand_in_person not in seen
                seen.append(next_.stand_in_person)
                next_ = result.absence(next_.stand_in_person, at)


def test_an_absence_keeps_its_person_out_of_every_post_at_once() -> None:
    """The same person holds two posts: both pass to their own B."""
    post = msgspec.convert(district.raw()["posts"][0], Post)
    second = msgspec.structs.replace(post, id="post_2", role_b="other")
    gone = Away(person=post.role_a, since=_START, until=_START + timedelta(days=1))
    staffing = Staffing({post.id: post, second.id: second}, {post.role_a: (gone,)})

    held = {post_id: staffing.holder(post_id, _START) for post_id in staffing.posts}

    assert {post_id: holding.person if holding else None for post_id, holding in held.items()} == {
        post.id: post.role_b,
        "post_2": "other",
    }

"""Chains of custody: signed by both, never between two, and nothing personal leaves them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor
from services.routing.model.order.custody import TRANSITIONS, Custody, CustodyState, CustodySubject
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, GRID_1, SECTION
from tests.routing.field_world import COMMITTEE_HEAD, done, names, refused, run_timers
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    START,
    World,
)

CUSTODY = (
    "custody { id state reference holderPost { id } offeredTo { id } handOvers { fromPost { id } toPost { id } } }"
)
SEEN = "query($id: ID!) { custody(id: $id) { reference description handOvers { note } } }"
MINE = "{ myCustodies { nodes { id } } }"


async def _begun(world: World, **given: Any) -> str:
    values = {
        "subject": "PERSON",
        "reference": "RZ-7765",
        "description": "张某,健康驿站入住",
        "areaId": GRID_1[-1],
        **given,
    }
    return str((await done(world, "beginCustody", COMMITTEE_HEAD, CUSTODY, **values))["id"])


@pytest.mark.capability("R-43")
async def test_a_person_passes_from_post_to_post_each_time_signed_by_both(world: World) -> None:
    custody = await _begun(world)
    of = {"custodyId": custody}

    offered = await done(world, "offerCustody", COMMITTEE_HEAD, CUSTODY, **of, postId=SECTION, note="随身物品两件")
    assert (offered["holderPost"], offered["offeredTo"]) == ({"id": COMMITTEE}, {"id": SECTION})
    assert await refused(world, "closeCustody", COMMITTEE_HEAD, CUSTODY, **of, reason="到家") == "CUSTODY_STATE_FORBIDS"
    taken = await done(world, "acceptCustody", SECTION_HEAD, CUSTODY, **of)
    assert taken["holderPost"] == {"id": SECTION}
    assert (
        await refused(world, "offerCustody", COMMITTEE_HEAD, CUSTODY, **of, postId=DEPARTMENT)
        == "NOT_ALLOWED NOT_YOURS"
    )
    await done(world, "offerCustody", SECTION_HEAD, CUSTODY, **of, postId=DEPARTMENT)
    assert await refused(world, "acceptCustody", COMMITTEE_HEAD, CUSTODY, **of) == "NOT_ALLOWED NOT_YOURS"
    assert await done(world, "refuseCustody", DEPARTMENT_HEAD, CUSTODY, **of) is None  # no longer theirs to see
    await done(world, "offerCustody", SECTION_HEAD, CUSTODY, **of, postId=DEPARTMENT)
    assert (await done(world, "withdrawCustodyOffer", SECTION_HEAD, CUSTODY, **of))["offeredTo"] is None
    closed = await done(world, "closeCustody", SECTION_HEAD, CUSTODY, **of, reason="已到家")
    assert (closed["state"], len(closed["handOvers"])) == ("CLOSED", 1)

    assert await names(world, "custody") == [
        *("begun", "offered", "handed_over", "offered", "offer_ended", "offered", "offer_ended", "closed")
    ]
    told = "".join(row["data"] for row in await world.told("custody"))
    for word in ("张某", "RZ-7765", "物品", "到家"):
        assert word not in told


@pytest.mark.capability("R-43")
async def test_only_who_has_it_in_hand_sees_who_it_is(world: World) -> None:
    custody = await _begun(world, sealed=True)
    await done(world, "offerCustody", COMMITTEE_HEAD, CUSTODY, custodyId=custody, postId=SECTION, note="随身物品")

    for caller in (COMMITTEE_HEAD, SECTION_HEAD, DESK_OFFICER):
        assert (await world.ask(SEEN, caller, id=custody))["custody"]["reference"] == "RZ-7765"
    for caller in (RESIDENT, OTHER_SECTION_HEAD, DEPARTMENT_HEAD, ATTENDANT):
        assert (await world.ask(SEEN, caller, id=custody))["custody"] is None
        assert (await world.ask(MINE, caller))["myCustodies"]["nodes"] == []
        assert await refused(world, "acceptCustody", caller, CUSTODY, custodyId=custody) == "NOT_FOUND"
    assert (await world.ask(MINE, SECTION_HEAD))["myCustodies"]["nodes"] == [{"id": custody}]

    await done(world, "acceptCustody", SECTION_HEAD, CUSTODY, custodyId=custody)
    before = (await world.ask(SEEN, COMMITTEE_HEAD, id=custody))["custody"]
    assert before == {"reference": None, "description": None, "handOvers": [{"note": None}]}
    assert (await world.ask(MINE, COMMITTEE_HEAD))["myCustodies"]["nodes"] == []


@pytest.mark.capability("R-43")
async def test_who_waits_at_the_door_too_long_is_announced_once(world: World) -> None:
    custody = await _begun(world)
    await done(world, "offerCustody", COMMITTEE_HEAD, CUSTODY, custodyId=custody, postId=SECTION)
    world.pass_time(minutes=29)
    await run_timers(world)
    assert "offer_unanswered" not in await names(world, "custody")
    world.pass_time(minutes=2)
    for _ in range(2):
        await run_timers(world)
    assert (await names(world, "custody"))[2:] == ["offer_unanswered"]
    assert (await done(world, "acceptCustody", SECTION_HEAD, CUSTODY, custodyId=custody))["state"] == "HELD"


_POSTS = (COMMITTEE, SECTION, DEPARTMENT)
_PEOPLE = st.tuples(st.sampled_from(["person_1", "person_2", "person_3"]), st.sampled_from(_POSTS))


@given(st.lists(st.tuples(st.sampled_from(sorted(TRANSITIONS)), _PEOPLE, st.sampled_from(_POSTS)), max_size=40))
def test_there_is_exactly_one_holder_at_every_moment(steps: list[tuple[str, tuple[str, str], str]]) -> None:
    posts = district.directory().posts
    first = Actor(person="person_1", post=COMMITTEE)
    custody, _ = Custody.begin(CustodySubject.PERSON, "1", None, GRID_1, True, posts[COMMITTEE], START, first)
    for name, (person, post), to in steps:
        by = Actor(person=person, post=post)
        before, holder, signed = custody.state, custody.holder_post, len(custody.hand_overs)
        try:
            if name == "offer":
                custody.offer_to(posts[to], None, START, by)
            elif name == "accept":
                custody.accept(START, by)
            elif name == "refuse":
                custody.refuse(by)
            elif name == "withdraw":
                custody.withdraw(by)
            else:
                custody.close("到家", START, by)
        except Refusal:
            assert (custody.state, custody.holder_post) == (before, holder)
            continue
        if custody.holder_post != holder:
            last = custody.hand_overs[-1]
            assert (len(custody.hand_overs), last.from_post, last.to_post) == (signed + 1, holder, custody.holder_post)
            assert last.offered_by.post == holder
            assert last.accepted_by.post == custody.holder_post
            assert last.offered_by.person != last.accepted_by.person
        assert (custody.offer is not None) == (custody.state is CustodyState.OFFERED)
        assert custody.concerns[0] == custody.holder_post
    chain = [COMMITTEE, *(turn.to_post for turn in custody.hand_overs)]
    assert chain[-1] == custody.holder_post
    assert [turn.from_post for turn in custody.hand_overs] == chain[:-1]

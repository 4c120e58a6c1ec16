"""States of responders and deployments, with values only."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.routing.errors.deployment import DeploymentStateForbids
from services.routing.errors.responder import ResponderStateForbids
from services.routing.model.clock.calendar import ALWAYS, ROUND_THE_CLOCK
from services.routing.model.clock.clocks import Clock, ClockKind, Target
from services.routing.model.dispatch import deployment as deployments
from services.routing.model.dispatch import responder as responders
from services.routing.model.dispatch.deployment import Deployment, DeploymentState, Matter
from services.routing.model.dispatch.nearest import Need, Ranking, rank
from services.routing.model.dispatch.responder import Availability, Position, Responder
from services.routing.model.organisation.organisation import Responder as ResponderRecord
from services.routing.model.organisation.point import Point
from services.routing.store.deployment import DEPLOYMENTS
from services.routing.store.responder import REGISTER
from tests.routing.district import GRID_1

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SPOT = Point(lon=113.005, lat=23.005)
HERE = Position(lon=113.005, lat=23.005, accuracy_m=10, at=NOW)
BY = Actor(person="person_c")
HELD = "deployment_1"


def a_responder(number: int = 1, east: float = 0.0) -> Responder:
    record = ResponderRecord(
        id=f"responder_{number}",
        kind="officer",
        person_id=f"person_{number}",
        name=f"力量{number}",
        home_area_id=GRID_1[-1],
        skills=("police",),
    )
    responder, _ = Responder.enrol(record, GRID_1, Point(lon=SPOT.lon + east, lat=SPOT.lat), NOW)
    return responder


ACTS: dict[responders.Act, Callable[[Responder], Sequence[EventData]]] = {
    "go_off": lambda responder: responder.set_availability("off", NOW),
    "stand_by": lambda responder: responder.set_availability("standby", NOW),
    "go_on_duty": lambda responder: responder.set_availability("on_duty", NOW),
    "reserve": lambda responder: responder.reserve(HELD, NOW),
    "depart": lambda responder: responder.depart(HELD, NOW),
    "arrive": lambda responder: responder.arrive(HELD, HERE, NOW),
    "release": lambda responder: responder.release(HELD, NOW),
}
_SENT_OUT = frozenset({Availability.RESERVED, Availability.EN_ROUTE, Availability.ON_SCENE})


@given(st.lists(st.sampled_from(list(ACTS)), max_size=30))
def test_whatever_is_said_a_responder_is_held_exactly_while_it_is_sent_out(acts: list[responders.Act]) -> None:
    responder = a_responder()
    for act in acts:
        allowed, target = responders.TRANSITIONS[act]
        before = REGISTER.to_document(responder)
        if responder.availability in allowed:
            assert len(ACTS[act](responder)) == 1
            assert responder.availability is target
        else:
            with pytest.raises(Refusal):
                ACTS[act](responder)
            assert REGISTER.to_document(responder) == before
        assert (responder.deployment_id is not None) == (responder.availability in _SENT_OUT)


def test_a_refusal_names_the_state_in_both_languages() -> None:
    with pytest.raises(ResponderStateForbids) as refused:
        a_responder().reserve(HELD, NOW)

    assert "is off" in refused.value.message("en")
    assert "离岗" in refused.value.message("zh")


def test_a_retired_responder_does_nothing_any_more() -> None:
    responder = a_responder()
    responder.retire(NOW)

    for act in ("go_on_duty", "stand_by", "reserve"):
        with pytest.raises(Refusal):
            ACTS[act](responder)


def clocks() -> tuple[Clock, Clock]:
    """To accept within three minutes, to arrive within ten."""
    accept, arrive = (Target(within=timedelta(minutes=within), calendar=ROUND_THE_CLOCK) for within in (3, 10))
    return Clock.start(ClockKind.ACCEPT, accept, ALWAYS, NOW), Clock.start(ClockKind.ARRIVE, arrive, ALWAYS, NOW)


def a_deployment() -> Deployment:
    matter = Matter(
        order_id="order_1", report_id="report_1", lead_unit="unit_s1", area_path=GRID_1, sensitivity="internal"
    )
    need = Need(point=SPOT, area_path=GRID_1)
    ranking = Ranking(need=need, at=NOW, candidates=(), excluded=())
    deployment, _ = Deployment.send(matter, ranking, ["responder_1"], clocks(), NOW, BY)
    return deployment


DEPLOYMENT_ACTS: dict[deployments.Act, Callable[[Deployment], Sequence[EventData]]] = {
    "offer": lambda deployment: deployment.offer(["responder_2"], clocks(), NOW),
    "accept": lambda deployment: deployment.accept(NOW),
    "decline": lambda deployment: deployment.decline("车辆故障", NOW),
    "expire": lambda deployment: deployment.expire(NOW + timedelta(hours=1)),
    "depart": lambda deployment: deployment.depart(NOW),
    "arrive": lambda deployment: deployment.arrive(HERE, NOW, BY),
    "finish": lambda deployment: deployment.finish(NOW),
    "stand_down": lambda deployment: deployment.stand_down("不再需要", NOW),
}


@given(st.lists(st.sampled_from(list(DEPLOYMENT_ACTS)), max_size=30))
def test_whatever_is_said_a_deployment_holds_somebody_exactly_while_it_is_under_way(
    acts: list[deployments.Act],
) -> None:
    deployment = a_deployment()
    for act in acts:
        allowed, target = deployments.TRANSITIONS[act]
        before = DEPLOYMENTS.to_document(deployment)
        if deployment.state in allowed:
            assert len(DEPLOYMENT_ACTS[act](deployment)) == 1
            assert deployment.state is target
        elif act == "expire":  # the clock's own step says nothing when it is not its time
            assert DEPLOYMENT_ACTS[act](deployment) == []
            assert DEPLOYMENTS.to_document(deployment) == before
        else:
            with pytest.raises(DeploymentStateForbids):
                DEPLOYMENT_ACTS[act](deployment)
            assert DEPLOYMENTS.to_document(deployment) == before
        assert deployment.active == bool(deployment.holds)
        if deployment.state is DeploymentState.OFFERED:
            assert deployment.next_step_at == deployment.current.accept_by


@given(st.lists(st.tuples(st.floats(-0.05, 0.05), st.sampled_from(list(Availability)), st.integers(0, 5)), max_size=12))
def test_a_ranking_holds_only_who_is_on_duty_best_first_and_explains_everybody_else_at_work(
    people: list[tuple[float, Availability, int]],
) -> None:
    everybody = []
    for number, (east, availability, sends) in enumerate(people):
        responder = a_responder(number, east)
        responder.availability, responder.sends = availability, sends
        everybody.append(responder)

    ranking = rank(everybody, Need(point=SPOT, area_path=GRID_1), NOW)

    by_id = {responder.id: responder.availability for responder in everybody}
    assert all(by_id[one.responder_id] is Availability.ON_DUTY for one in ranking.candidates)
    assert [one.score for one in ranking.candidates] == sorted(one.score for one in ranking.candidates)
    named = {one.responder_id for one in ranking.candidates} | {one.responder_id for one in ranking.excluded}
    assert named == {responder_id for responder_id, state in by_id.items() if state is not Availability.OFF}

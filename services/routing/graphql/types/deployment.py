"""Deployments and rankings. Whoever sees a deployment sees who was asked; the ranking is for the command centre."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.access.responder import sees_deployment
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.responder import Responder, ResponderPosition, named
from services.routing.graphql.types.work_order import WorkOrder, work_order_of
from services.routing.model.dispatch import deployment as model
from services.routing.model.dispatch import nearest

strawberry.enum(model.DeploymentState, name="DeploymentState", description="How far a sending is. 派遣状态。")
strawberry.enum(model.Answer, name="DeploymentAnswer", description="What came of an offer. 答复。")
strawberry.enum(nearest.WhyNotSent, name="WhyNotSent", description="Why somebody is not sent. 不派遣的原因。")


@strawberry.type(description="One rank and every figure that counted, in minutes. 排序及依据。")
class RankedResponder:
    rank: int
    score_minutes: float = strawberry.field(description="The sum; the lowest goes first. 合计(分钟)。")
    distance_m: float = strawberry.field(description="Great-circle distance in metres. 直线距离(米)。")
    travel_minutes: float = strawberry.field(description="At a speed for the kind; no routing engine. 路程(分钟)。")
    missing_skills: list[str]
    skill_minutes: float
    sends: int = strawberry.field(description="How often sent since it came on duty. 本班已派次数。")
    load_minutes: float
    call_up_minutes: float = strawberry.field(description="Until who stands by is ready; emergencies. 召集用时。")
    at_home: bool = strawberry.field(description="The matter lies in the home community. 属本社区。")
    away_minutes: float
    last_sent_at: datetime | None
    fairness_minutes: float
    position_at: datetime | None = strawberry.field(description="Null: the middle of the home area counted. 位置时间。")
    _id: strawberry.Private[str]

    @strawberry.field(description="Who. 处置力量。")
    async def responder(self, info: Info) -> Responder | None:
        return next(iter(await named(info.context, [self._id])), None)


@strawberry.type(description="Somebody near who is not sent. 未入选。")
class ExcludedResponder:
    why: nearest.WhyNotSent
    text: str = strawberry.field(description="The same as a sentence, in the caller's language. 说明。")
    distance_m: float | None
    _id: strawberry.Private[str]

    @strawberry.field(description="Who. 处置力量。")
    async def responder(self, info: Info) -> Responder | None:
        return next(iter(await named(info.context, [self._id])), None)


@strawberry.type(description="Who would be sent, and why. 就近派遣排序。")
class DeploymentRanking:
    at: datetime
    lon: float
    lat: float
    skills: list[str]
    sensitive: bool = strawberry.field(description="Only who is vetted is sent. 涉敏事项。")
    candidates: list[RankedResponder]
    excluded: list[ExcludedResponder]

    @classmethod
    def of(cls, ranking: nearest.Ranking, language: str) -> Self:
        """The ranking as GraphQL shows it."""
        need = ranking.need
        return cls(
            at=ranking.at,
            lon=need.point.lon,
            lat=need.point.lat,
            skills=list(need.skills),
            sensitive=need.sensitive,
            candidates=[_ranked(number, one) for number, one in enumerate(ranking.candidates, 1)],
            excluded=[_excluded(one, language) for one in ranking.excluded],
        )


@strawberry.type(description="One responder or team was asked. 一次派遣邀约。")
class DeploymentOffer:
    at: datetime
    accept_by: datetime
    answer: model.Answer | None
    answered_at: datetime | None
    reason: str | None
    team_id: strawberry.ID | None
    _ids: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="Who was asked. 被派遣力量。")
    async def responders(self, info: Info) -> list[Responder]:
        return await named(info.context, self._ids)


@strawberry.type(description="The check-in on the spot. 到场签到。")
class DeploymentArrival:
    at: datetime
    person_id: strawberry.ID | None = strawberry.field(description="Who checked in. 签到人。")
    position: ResponderPosition
    distance_m: float = strawberry.field(description="From the matter's point, in metres. 与事发点距离(米)。")


@strawberry.type(description="The sending of a responder or a team to an order. 派遣。")
class Deployment:
    id: strawberry.ID
    state: model.DeploymentState
    dispatched_at: datetime
    offers: list[DeploymentOffer]
    accepted_at: datetime | None
    accept_seconds: int | None = strawberry.field(description="From the first offer. 接单用时。")
    departed_at: datetime | None
    arrive_by: datetime | None = strawberry.field(
        description="By the order's policy; null where it asks for none. 到场时限。"
    )
    arrival: DeploymentArrival | None
    arrive_seconds: int | None = strawberry.field(description="From the first offer. 到场用时。")
    delayed: bool = strawberry.field(description="Not there when the arrive clock ran out. 到场超时。")
    ended_at: datetime | None
    end_reason: str | None
    ranking: DeploymentRanking | None = strawberry.field(description="As it was kept; for the command centre. 排序。")
    _deployment: strawberry.Private[model.Deployment]

    @strawberry.field(description="The order, where the viewer sees it. 工单。")
    async def work_order(self, info: Info) -> WorkOrder | None:
        return await work_order_of(info.context, self._deployment.order_id)

    @strawberry.field(description="Who is asked or sent now. 当前被派遣力量。")
    async def responders(self, info: Info) -> list[Responder]:
        return await named(info.context, self._deployment.holds)

    @classmethod
    def of(cls, context: Context, deployment: model.Deployment) -> Self:
        """The deployment as its viewer sees it."""
        viewer, arrival = context.viewer, deployment.arrival
        centre = viewer.has("centre") and viewer.covers(list(deployment.area_path))
        return cls(
            id=strawberry.ID(deployment.id),
            state=deployment.state,
            dispatched_at=deployment.dispatched_at,
            offers=[_offer(offer) for offer in deployment.offers],
            accepted_at=deployment.accepted_at,
            accept_seconds=deployment.accept_seconds,
            departed_at=deployment.departed_at,
            arrive_by=deployment.arrive_by,
            arrival=_arrival(arrival) if arrival else None,
            arrive_seconds=deployment.arrive_seconds,
            delayed=deployment.delayed,
            ended_at=deployment.ended_at,
            end_reason=deployment.end_reason,
            ranking=DeploymentRanking.of(deployment.ranking, context.language) if centre else None,
            _deployment=deployment,
        )


async def seen_deployment(context: Context, deployment: model.Deployment | None) -> Deployment | None:
    """The deployment as the viewer sees it, None when not at all."""
    if deployment is None:
        return None
    asked = {responder for offer in deployment.offers for responder in offer.responders}
    members = [member for member in await context.responders.load_many(list(asked)) if member]
    return Deployment.of(context, deployment) if sees_deployment(context.viewer, deployment, members) else None


def _ranked(number: int, one: nearest.Candidate) -> RankedResponder:
    return RankedResponder(
        rank=number,
        score_minutes=one.score,
        distance_m=one.distance_m,
        travel_minutes=one.travel_minutes,
        missing_skills=list(one.missing_skills),
        skill_minutes=one.skill_minutes,
        sends=one.sends,
        load_minutes=one.load_minutes,
        call_up_minutes=one.call_up_minutes,
        at_home=one.at_home,
        away_minutes=one.away_minutes,
        last_sent_at=one.last_sent_at,
        fairness_minutes=one.fairness_minutes,
        position_at=one.position_at,
        _id=one.responder_id,
    )


def _excluded(one: nearest.Excluded, language: str) -> ExcludedResponder:
    text = nearest.WHY_TEXT[one.why][language == "zh"]
    return ExcludedResponder(why=one.why, text=text, distance_m=one.distance_m, _id=one.responder_id)


def _offer(offer: model.Offer) -> DeploymentOffer:
    return DeploymentOffer(
        at=offer.at,
        accept_by=offer.accept_by,
        answer=offer.answer,
        answered_at=offer.answered_at,
        reason=offer.reason,
        team_id=strawberry.ID(offer.team_id) if offer.team_id else None,
        _ids=offer.responders,
    )


def _arrival(arrival: model.Arrival) -> DeploymentArrival:
    where = arrival.position
    return DeploymentArrival(
        at=arrival.at,
        person_id=strawberry.ID(arrival.by.person) if arrival.by.person else None,
        position=ResponderPosition(lon=where.lon, lat=where.lat, accuracy_m=where.accuracy_m, at=where.at),
        distance_m=arrival.distance_m,
    )

"""Intake's schema, joined."""

from services.chassis.graphql.schema import Schema
from services.intake.graphql.mutations import Mutation
from services.intake.graphql.queries import Query
from services.intake.graphql.subscriptions import Subscription
from services.intake.graphql.types import Area, Category, OrgUnit, Post, Report

schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Report, Category, Area, OrgUnit, Post],
)

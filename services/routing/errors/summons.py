"""Refusals of commands on summonses."""

from services.chassis.errors import Refusal


class SummonsStateForbids(Refusal):
    code = "SUMMONS_STATE_FORBIDS"
    en = "A summons that is {state} cannot be {command}."
    zh = "吹哨处于“{state_zh}”状态,不能{command_zh}。"


class NotSummoned(Refusal):
    code = "NOT_SUMMONED"
    en = "This post is not summoned, or not any more, or has checked in already."
    zh = "该岗位未被吹哨、已被解除,或已经报到。"


class SummonedAlready(Refusal):
    code = "SUMMONED_ALREADY"
    en = "The post {post} is summoned already."
    zh = "岗位{post}已被吹哨。"


class NobodySummoned(Refusal):
    code = "NOBODY_SUMMONED"
    en = "A summons names at least one post, and not the caller's own."
    zh = "吹哨至少须指定一个岗位,且不得为本岗位。"


class NothingToEvaluate(Refusal):
    code = "NOTHING_TO_EVALUATE"
    en = "The post has neither checked in nor failed to."
    zh = "该岗位尚未报到,也未逾期。"

"""Refusals of commands on rulings."""

from services.chassis.errors import Refusal


class RulingTooWide(Refusal):
    code = "RULING_TOO_WIDE"
    en = "A ruling that is a precedent names a category or an area."
    zh = "作为先例的裁定须指明类别或区域。"


class RulingNeverInForce(Refusal):
    code = "RULING_NEVER_IN_FORCE"
    en = "A ruling ends after it begins."
    zh = "裁定的失效时间须晚于生效时间。"


class RulingRevokedAlready(Refusal):
    code = "RULING_REVOKED_ALREADY"
    en = "The ruling was revoked already."
    zh = "该裁定已撤销。"

"""What any command may be refused for."""

from services.chassis.errors import Refusal


class TextMissing(Refusal):
    code = "TEXT_MISSING"
    en = "A text is required: {what}."
    zh = "必须填写:{what_zh}。"


class TextTooLong(Refusal):
    code = "TEXT_TOO_LONG"
    en = "The text is longer than {limit} characters."
    zh = "文字超过{limit}字。"


class UnknownPerson(Refusal):
    code = "UNKNOWN_PERSON"
    en = "There is no person {person}."
    zh = "没有人员{person}。"


class UnknownPost(Refusal):
    code = "UNKNOWN_POST"
    en = "There is no post {post}."
    zh = "没有岗位{post}。"

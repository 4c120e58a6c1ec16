"""Why a set of rules cannot be used: each names the rule and what is wrong with it."""

from services.chassis.errors import Refusal


class RuleTwice(Refusal):
    code = "RULE_TWICE"
    en = "Rule {rule} is there twice."
    zh = "规则{rule}重复。"


class RuleOrderTaken(Refusal):
    code = "RULE_ORDER_TAKEN"
    en = "Rule {rule}: rule {other} has order {order} already."
    zh = "规则{rule}:序号{order}已被规则{other}占用。"


class UnknownCategory(Refusal):
    code = "UNKNOWN_CATEGORY"
    en = "There is no category {category}."
    zh = "没有类别{category}。"


class UnknownArea(Refusal):
    code = "UNKNOWN_AREA"
    en = "There is no area {area}."
    zh = "没有区域{area}。"


class LeadNotOne(Refusal):
    code = "LEAD_NOT_ONE"
    en = "Rule {rule}: the lead is either a post or a kind of unit."
    zh = "规则{rule}:牵头方须为岗位或机构类型二者之一。"


class ClocksNotAboveZero(Refusal):
    code = "CLOCKS_NOT_ABOVE_ZERO"
    en = "Rule {rule}: clocks must be above zero."
    zh = "规则{rule}:时限须大于零。"


class LastResortMissing(Refusal):
    code = "LAST_RESORT_MISSING"
    en = "None of the rules is the last resort (any matter, anywhere, always, path order, a post by id)."
    zh = "缺少兜底规则(任何类别、区域、时间,走工单,指定岗位)。"

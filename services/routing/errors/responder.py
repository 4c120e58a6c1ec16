"""Refusals of commands on the register of responders."""

from services.chassis.errors import Refusal


class ResponderStateForbids(Refusal):
    code = "RESPONDER_STATE_FORBIDS"
    en = "{name} is {state}; this cannot be done now."
    zh = "{name}处于“{state_zh}”状态,现在不能办理。"


class ResponderHeldElsewhere(Refusal):
    code = "RESPONDER_HELD_ELSEWHERE"
    en = "{name} is not held by this deployment."
    zh = "{name}未被本次派遣占用。"


class ResponderRetired(Refusal):
    code = "RESPONDER_RETIRED"
    en = "This responder is no longer in the register."
    zh = "该处置力量已退出登记。"


class PositionOutdated(Refusal):
    code = "POSITION_OUTDATED"
    en = "A later position is known already."
    zh = "已有更新的位置。"


class PositionInvalid(Refusal):
    code = "POSITION_INVALID"
    en = "Not a position: lon -180..180, lat -90..90, accuracy above zero, not in the future."
    zh = "位置无效:经度-180..180,纬度-90..90,精度须大于零,时间不得在将来。"


class VettingInThePast(Refusal):
    code = "VETTING_IN_THE_PAST"
    en = "A vetting must hold for some time to come."
    zh = "审查有效期须在将来。"


class HoursOutOfRange(Refusal):
    code = "HOURS_OUT_OF_RANGE"
    en = "A duty takes between one minute and {limit} hours."
    zh = "一次服务时长须在1分钟至{limit}小时之间。"


class EmployerMissing(Refusal):
    code = "EMPLOYER_MISSING"
    en = "A reservist registers with the employer's name."
    zh = "在职人员报到须填写所在单位。"


class TooManySkills(Refusal):
    code = "TOO_MANY_SKILLS"
    en = "No more than {limit} skills."
    zh = "技能不得超过{limit}项。"


class AlreadyRegistered(Refusal):
    code = "ALREADY_REGISTERED"
    en = "This person is in the register already."
    zh = "该人员已登记。"

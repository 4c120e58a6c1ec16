"""The states of a work order and which act leads from one to another (domain.md §3.2). Whatever is not in the table is refused."""

from enum import StrEnum
from typing import Literal


class OrderState(StrEnum):
    """Where in the process an order is; what came of it is its disposition."""

    DRAFT = "draft"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    ADJUDICATING = "adjudicating"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    WORKING = "working"
    SUSPENDED = "suspended"
    DEFERRED = "deferred"
    TRANSFERRED_UP = "transferred_up"
    JOINED = "joined"
    SUBMITTED = "submitted"
    REWORK = "rework"
    VERIFIED = "verified"
    CLOSED = "closed"
    RECALLED = "recalled"
    CANCELLED = "cancelled"


class Disposition(StrEnum):
    """With what result a matter ends (domain.md §3.1)."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    PARTLY_SOLVED = "partly_solved"
    DEFERRED = "deferred"
    NOT_COMPETENT = "not_competent"
    UNFOUNDED = "unfounded"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    NO_ANSWER = "no_answer"


Act = Literal[
    "dispatch",
    "accept",
    "return",
    "refer",
    "rule",
    "depart",
    "check_in",
    "turn_back",
    "start",
    "transfer",
    "suspend",
    "defer",
    "resume",
    "transfer_up",
    "answer_up",
    "join",
    "part",
    "answer_joined",
    "rejoin",
    "submit",
    "send_back",
    "reopen",
    "fail_check",
    "verify",
    "close",
    "recall",
    "cancel",
]
# Acts beside the main line: they are allowed in some states and change none.
SideAct = Literal[
    "report_back", "ask_extension", "decide_extension", "assist", "split", "hear", "check_sample", "take_in"
]

_S = OrderState
ENDED = frozenset({_S.CLOSED, _S.RECALLED, _S.CANCELLED})
OPEN = frozenset(_S) - ENDED
# The lead has it and must act.
AT_WORK = frozenset({_S.ACCEPTED, _S.EN_ROUTE, _S.ON_SCENE, _S.WORKING, _S.REWORK})
_WAITING = frozenset({_S.SUSPENDED, _S.DEFERRED, _S.TRANSFERRED_UP})

TRANSITIONS: dict[Act, tuple[frozenset[OrderState], OrderState]] = {
    "dispatch": (frozenset({_S.DRAFT, _S.RETURNED}), _S.DISPATCHED),
    "accept": (frozenset({_S.DISPATCHED}), _S.ACCEPTED),
    "return": (frozenset({_S.DISPATCHED}), _S.RETURNED),
    "refer": (frozenset({_S.RETURNED}), _S.ADJUDICATING),
    "rule": (frozenset({_S.ADJUDICATING}), _S.DISPATCHED),
    "depart": (frozenset({_S.ACCEPTED}), _S.EN_ROUTE),
    "check_in": (frozenset({_S.ACCEPTED, _S.EN_ROUTE}), _S.ON_SCENE),
    "turn_back": (frozenset({_S.EN_ROUTE}), _S.ACCEPTED),
    "start": (frozenset({_S.ACCEPTED, _S.EN_ROUTE, _S.ON_SCENE, _S.REWORK}), _S.WORKING),
    "transfer": (frozenset({_S.ACCEPTED, _S.WORKING}), _S.DISPATCHED),
    "suspend": (frozenset({_S.ACCEPTED, _S.WORKING}), _S.SUSPENDED),
    "defer": (frozenset({_S.ACCEPTED, _S.WORKING, _S.SUSPENDED}), _S.DEFERRED),
    "resume": (frozenset({_S.SUSPENDED, _S.DEFERRED}), _S.WORKING),
    "transfer_up": (frozenset({_S.ACCEPTED, _S.WORKING, _S.SUSPENDED, _S.DEFERRED}), _S.TRANSFERRED_UP),
    "answer_up": (frozenset({_S.TRANSFERRED_UP}), _S.SUBMITTED),
    "join": (frozenset({_S.DISPATCHED, _S.ACCEPTED, _S.WORKING}), _S.JOINED),
    "part": (frozenset({_S.JOINED}), _S.DISPATCHED),
    "answer_joined": (frozenset({_S.JOINED}), _S.VERIFIED),
    "rejoin": (frozenset({_S.VERIFIED, _S.CLOSED}), _S.JOINED),
    "submit": (frozenset({_S.WORKING}), _S.SUBMITTED),
    "send_back": (frozenset({_S.SUBMITTED}), _S.REWORK),
    "reopen": (frozenset({_S.VERIFIED, _S.CLOSED}), _S.REWORK),
    "fail_check": (frozenset({_S.VERIFIED, _S.CLOSED}), _S.REWORK),
    "verify": (frozenset({_S.SUBMITTED}), _S.VERIFIED),
    "close": (frozenset({_S.VERIFIED}), _S.CLOSED),
    "recall": (OPEN - {_S.DRAFT}, _S.RECALLED),
    "cancel": (frozenset({_S.DRAFT}), _S.CANCELLED),
}
SIDE_ACTS: dict[SideAct, frozenset[OrderState]] = {
    "report_back": AT_WORK | _WAITING,
    "ask_extension": AT_WORK | _WAITING,
    "decide_extension": AT_WORK | _WAITING,
    "assist": AT_WORK | _WAITING | {_S.DISPATCHED},
    "split": AT_WORK | _WAITING,
    "hear": frozenset({_S.ADJUDICATING}),
    "check_sample": frozenset({_S.VERIFIED, _S.CLOSED}),
    "take_in": AT_WORK | _WAITING | {_S.DISPATCHED},
}
DONE: dict[Act | SideAct, tuple[str, str]] = {
    "dispatch": ("dispatched", "派单"),
    "accept": ("accepted", "接单"),
    "return": ("returned", "退回"),
    "refer": ("referred for a ruling", "提请裁定"),
    "rule": ("ruled on", "裁定"),
    "depart": ("departed for", "出发"),
    "check_in": ("checked in to", "报到"),
    "turn_back": ("turned back from", "中途折返"),
    "start": ("started", "开始办理"),
    "transfer": ("handed to another", "转派"),
    "suspend": ("suspended", "挂起"),
    "defer": ("deferred", "挂账"),
    "resume": ("resumed", "解挂"),
    "transfer_up": ("handed upward", "上报转办"),
    "answer_up": ("answered from above", "录入上级答复"),
    "join": ("joined to another", "并入其他工单"),
    "part": ("parted from another", "拆出"),
    "answer_joined": ("answered with another", "随在办工单答复"),
    "rejoin": ("joined to another", "并入其他工单"),
    "submit": ("submitted", "回单"),
    "send_back": ("sent back", "发回重办"),
    "reopen": ("reopened", "重新办理"),
    "fail_check": ("sampled", "抽查"),
    "verify": ("verified", "审核"),
    "close": ("closed", "办结"),
    "recall": ("recalled", "撤回"),
    "cancel": ("cancelled", "取消"),
    "report_back": ("reported back on", "反馈进展"),
    "ask_extension": ("extended", "申请延期"),
    "decide_extension": ("extended", "审批延期"),
    "assist": ("assisted", "协办"),
    "split": ("split", "拆分子工单"),
    "hear": ("heard on", "听取意见"),
    "check_sample": ("sampled", "抽查"),
    "take_in": ("joined by another", "并入其他诉求"),
}
STATE_ZH: dict[OrderState, str] = {
    _S.DRAFT: "草稿",
    _S.DISPATCHED: "已派单",
    _S.RETURNED: "已退回",
    _S.ADJUDICATING: "裁定中",
    _S.ACCEPTED: "已接单",
    _S.EN_ROUTE: "赶赴现场",
    _S.ON_SCENE: "已到现场",
    _S.WORKING: "办理中",
    _S.SUSPENDED: "已挂起",
    _S.DEFERRED: "已挂账",
    _S.TRANSFERRED_UP: "已上报转办",
    _S.JOINED: "已并入在办工单",
    _S.SUBMITTED: "已回单",
    _S.REWORK: "重办",
    _S.VERIFIED: "已审核",
    _S.CLOSED: "已办结",
    _S.RECALLED: "已撤回",
    _S.CANCELLED: "已取消",
}

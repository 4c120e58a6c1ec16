"""Refusals of proposals of new outlines, and of files that are imported."""

from services.chassis.errors import Refusal


class FileProblem(Refusal):
    code = "FILE_PROBLEM"
    en = "The file cannot be imported: {problem}."
    zh = "文件无法导入:{problem}。"


class ProposalStateForbids(Refusal):
    code = "PROPOSAL_STATE_FORBIDS"
    en = "The proposal has been applied already."
    zh = "该方案已经实施。"


class ProposalOutdated(Refusal):
    code = "PROPOSAL_OUTDATED"
    en = "The organisation has changed since; propose again and look at what would change now."
    zh = "组织数据在此之后已变更,请重新提交方案并核对影响。"

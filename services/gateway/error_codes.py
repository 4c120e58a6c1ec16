"""Every `extensions.code` the gateway itself gives an error: status, meaning, what to do. `docs/errors.md` is this table."""

from __future__ import annotations

from typing import NamedTuple


class ErrorCode(NamedTuple):
    code: str
    status: str
    """With `application/graphql-response+json`; an error beside data leaves the status alone."""
    english: str
    chinese: str


DATA = "beside data"
_2026 = "400 (422 by the draft of 2026)"

CODES = (
    # The HTTP request
    ErrorCode("BAD_REQUEST", _2026, "Not JSON, or not a GraphQL request.", "不是 JSON,或不是 GraphQL 请求。"),
    ErrorCode("BATCHING_NOT_SUPPORTED", _2026, "A list: send one operation.", "是列表:每次请求只发一个操作。"),
    ErrorCode("METHOD_NOT_ALLOWED", "405", "Use GET or POST.", "请用 GET 或 POST。"),
    ErrorCode("MUTATION_NOT_ALLOWED_OVER_HTTP_GET", "405", "Send mutations with POST.", "变更操作请用 POST。"),
    ErrorCode("NOT_ACCEPTABLE", "406", "`accept` names nothing we write.", "`accept` 中没有我们能提供的类型。"),
    ErrorCode("REQUEST_TIMEOUT", "408", "The body did not come in time.", "请求体未按时到达。"),
    ErrorCode("PAYLOAD_TOO_LARGE", "413", "The body is too large.", "请求体过大。"),
    ErrorCode(
        "MISSING_CONTENT_TYPE_HEADER",
        "415",
        "Say `content-type: application/json`.",
        "缺少 `content-type: application/json`。",
    ),
    ErrorCode("UNSUPPORTED_CONTENT_TYPE", "415", "Send JSON in UTF-8.", "请发送 UTF-8 编码的 JSON。"),
    ErrorCode("REQUEST_HEADER_FIELDS_TOO_LARGE", "431", "The headers are too large.", "请求头过大。"),
    ErrorCode(
        "CSRF_PREVENTION_FAILED",
        "403",
        "A foreign page could send this: use JSON, or for GET a header such as `x-graphql-csrf: 1`.",
        "其他网站也能发出这样的请求:请用 JSON,GET 请加 `x-graphql-csrf: 1` 之类的请求头。",
    ),
    # The caller
    ErrorCode("UNAUTHENTICATED", "401", "The token is bad or expired: log in again.", "令牌无效或过期:请重新登录。"),
    ErrorCode(
        "UNAUTHORIZED_FIELD_OR_TYPE",
        DATA,
        "The schema asks for rights the token does not have; the value is null.",
        "令牌没有模式要求的权限;该值为 null。",
    ),
    ErrorCode(
        "UNAUTHORIZED_OPERATION",
        "401, 403",
        "The same, where whole operations are refused, and for subscriptions.",
        "同上,用于拒绝整个操作的配置和订阅。",
    ),
    # The document
    ErrorCode("GRAPHQL_PARSE_FAILED", "400", "The document does not parse.", "文档有语法错误。"),
    ErrorCode("GRAPHQL_VALIDATION_FAILED", _2026, "The document does not fit the schema.", "文档与模式不符。"),
    ErrorCode(
        "OPERATION_RESOLUTION_FAILURE",
        _2026,
        "No such operation, or several to choose from.",
        "没有该操作,或需用 operationName 指明。",
    ),
    ErrorCode(
        "BAD_USER_INPUT", _2026, "A variable or an argument is not what the schema says.", "变量或参数与模式不符。"
    ),
    ErrorCode(
        "INTROSPECTION_DISABLED", _2026, "Use the files under `schema/`.", "自省已关闭:请用 `schema/` 下的文件。"
    ),
    ErrorCode(
        "OPERATION_LIMIT_EXCEEDED",
        _2026,
        "Too deep, too many aliases, directives or fields: ask for less.",
        "嵌套、别名、指令或字段过多:请减少。",
    ),
    ErrorCode("OPERATION_TOO_LARGE", _2026, "Too many fields once fragments are spread.", "片段展开后字段过多。"),
    ErrorCode(
        "COST_ESTIMATED_TOO_EXPENSIVE",
        _2026,
        "The operation could cost too much: ask for fewer items.",
        "操作估算成本过高:请减少条数。",
    ),
    ErrorCode(
        "COST_INVALID_SLICING_ARGUMENTS",
        _2026,
        "A list needs exactly one argument that says how many.",
        "列表须有且仅有一个限定条数的参数。",
    ),
    # Persisted documents
    ErrorCode("PERSISTED_DOCUMENT_ID_REQUIRED", _2026, "Only persisted documents are served.", "只接受已登记的文档。"),
    ErrorCode("PERSISTED_DOCUMENT_NOT_FOUND", _2026, "No document has this id.", "没有此标识的文档。"),
    ErrorCode(
        "PERSISTED_QUERY_NOT_FOUND",
        _2026,
        "Apollo's clients: send the query once with its hash.",
        "Apollo 客户端:请连同查询文本再发一次。",
    ),
    ErrorCode(
        "PERSISTED_QUERY_NOT_SUPPORTED",
        _2026,
        "Apollo's clients: send the query itself.",
        "Apollo 客户端:请直接发送查询文本。",
    ),
    # Subscriptions
    ErrorCode(
        "SUBSCRIPTIONS_TRANSPORT_NOT_SUPPORTED", "406", "Subscribe by SSE or WebSocket.", "订阅请用 SSE 或 WebSocket。"
    ),
    ErrorCode(
        "SUBSCRIPTION_SCHEMA_RELOAD",
        "in the stream",
        "The graph has changed: subscribe again.",
        "图已更新:请重新订阅。",
    ),
    ErrorCode("TOO_MANY_STREAMS", "503", "Too many clients are listening: try later.", "监听的客户端过多:稍后再试。"),
    # Subgraphs
    ErrorCode(
        "SUBGRAPH_REQUEST_FAILED",
        DATA,
        "A service is away: try again, with the same idempotency key.",
        "某服务不可用:用同一幂等键重试。",
    ),
    ErrorCode("SUBGRAPH_REQUEST_TIMEOUT", DATA, "A service was too slow: the same.", "某服务超时:同上。"),
    ErrorCode(
        "SUBGRAPH_REQUEST_TOO_LARGE",
        DATA,
        "More than the way to a service carries: ask for less at once.",
        "超出通往某服务的传输上限:请减少一次请求的内容。",
    ),
    ErrorCode(
        "SUBGRAPH_CIRCUIT_OPEN",
        DATA,
        "A service fails and is left alone for seconds: the same.",
        "某服务持续出错,暂停访问数秒:同上。",
    ),
    ErrorCode(
        "NOT_FOUND",
        DATA,
        "What the answer refers to is not there, or not for this caller; it is null.",
        "引用的对象不存在,或对当前用户不可见,其值为 null。",
    ),
    # The gateway
    ErrorCode(
        "NO_SUPERGRAPH_AVAILABLE",
        "503",
        "The gateway has no graph yet: try after `retry-after`.",
        "网关尚无可用的图:按 `retry-after` 重试。",
    ),
    ErrorCode("GATEWAY_TIMEOUT", "504", "The answer took too long.", "响应超时。"),
    ErrorCode("QUERY_PLAN_BUILD_FAILED", "500", "Our mistake: report the trace id.", "我们的错误:请报告 traceId。"),
    ErrorCode("INTERNAL", "500, or beside data", "Our mistake: report the trace id.", "我们的错误:请报告 traceId。"),
)


def as_markdown() -> str:
    """The table of `docs/errors.md`."""
    rows = [f"| `{item.code}` | {item.status} | {item.english} | {item.chinese} |" for item in CODES]
    return "\n".join(["| code | HTTP status | meaning | 含义 |", "| --- | --- | --- | --- |", *rows]) + "\n"

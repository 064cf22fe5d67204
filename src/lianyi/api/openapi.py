"""The description, completed: examples, what errors look like, which headers come and go, and Chinese beside English.

Written anew into docs/reference/openapi.json by `python -m lianyi.api.describe`.
"""

from typing import Any

from django.utils import translation

from lianyi.api.operations import DECLARED, OCTETS, SECTIONS, Declared
from lianyi.api.problems import CONTENT_TYPE

_ABOUT = """\
Everything that the pages of a workspace do. Each call carries a token (`Authorization: Bearer lyt_…`) of one workspace,
made under Settings → API tokens; it may do what its scopes say, as far as its maker's role reaches.

* Lists come in pages: pass `next` of one page as `cursor` to get the one behind it.
* A POST may carry an `Idempotency-Key`: repeated within 24 hours with the same body it is done once and answered alike.
* A GET answers with an `ETag`; send it as `If-None-Match` to hear 304 when nothing changed, or as `If-Match` with a
  change to hear 412 when somebody else was first.
* Errors are problem documents (RFC 9457) with a stable `code` and the `next_step`, in the language of
  `Accept-Language`.
* What changes people is written down at once and takes effect within seconds, in the order of all events (202).

工作区页面能做的事，这里都能做。每次调用都要带上该工作区的令牌（设置 → API 令牌），
权限为令牌范围与创建者当前角色的交集。列表用 `cursor` 翻页；POST 可带 `Idempotency-Key`，
24 小时内重复只执行一次；错误按 RFC 9457 返回，语言取决于 `Accept-Language`。
"""
_PROBLEM = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "next_step", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable; for programs."},
        "next_step": {"type": "string", "description": "What to do about it; may be empty."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["place", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("place", "code", "detail")},
            },
        },
    },
}
_PROBLEM_EXAMPLE = {
    "type": "urn:lianyi:problem:person.unknown",
    "title": "Not found",
    "status": 404,
    "detail": "There is no person 12 here.",
    "code": "person.unknown",
    "next_step": "It may be part of another.",
    "errors": [],
}
_MEANINGS = {
    "400": "The request cannot be read.",
    "401": "No token, or one that does not work.",
    "403": "The token lacks the scope, or its maker the role.",
    "404": "There is nothing of this name or number in the workspace.",
    "405": "The address does not know the method.",
    "409": "The state of things forbids it.",
    "412": "It was changed since `If-Match` was read.",
    "413": "The body is too large.",
    "415": "The body is of another kind.",
    "422": "Parts of the request are not acceptable; `errors` names them.",
    "429": "Too many calls; `Retry-After` says when to go on.",
    "500": "Something broke on our side.",
    "503": "The disk is nearly full.",
}
_TEXT = {"type": "string"}
_PACE = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit", "RateLimit-Policy")}


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """The same with all that ninja does not know of."""
    schema["info"]["description"] = _ABOUT
    schema["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    schema["servers"] = [{"url": "/", "description": "This installation."}]
    schema["tags"] = [{"name": one.tag, "description": one.about} for one in SECTIONS]
    schema["security"] = [{"token": []}]
    parts = schema["components"]
    parts["schemas"]["Problem"] = _PROBLEM
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "An API token: lyt_…"}}
    parts["headers"] = {
        "RateLimit": {"schema": _TEXT, "description": "What is left of the pace: r calls, all back in t seconds."},
        "RateLimit-Policy": {"schema": _TEXT, "description": "The pace: q calls in w seconds."},
        "ETag": {"schema": _TEXT, "description": "Names this state of the answer."},
        "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."},
    }
    parts["responses"] = {code: _problem_response(code, told) for code, told in _MEANINGS.items()}
    schema["paths"] = dict(sorted(schema["paths"].items()))
    for path in schema["paths"].values():
        for operation in path.values():
            _complete(operation, DECLARED[operation["operationId"]])
    return schema


def _problem_response(code: str, told: str) -> dict[str, Any]:
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": {**_PROBLEM_EXAMPLE, "status": int(code)}}
    headers = dict(_PACE) if code not in ("401",) else {}
    if code == "429":
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    return {"description": told, "content": {CONTENT_TYPE: content}, "headers": headers}


def _complete(operation: dict[str, Any], declared: Declared) -> None:
    english = operation["description"]
    with translation.override("zh-hans"):
        chinese = translation.gettext(english)
    if chinese != english:
        operation["description"] = f"{english}\n\n{chinese}"
    operation["x-ability"] = declared.ability.value if declared.ability else None
    answer = operation["responses"][declared.status]
    answer["headers"] = dict(_PACE)
    if declared.method == "GET" and "content" in answer:
        answer["headers"]["ETag"] = {"$ref": "#/components/headers/ETag"}
    if declared.gives != "application/json":
        answer["content"] = {declared.gives: {"schema": _TEXT}}
    if declared.takes == OCTETS:
        operation["requestBody"] = {
            "content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}},
            "required": True,
        }
    for content in answer.get("content", {}).values():
        content["example"] = declared.example
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = declared.body
    responses = {str(status): told for status, told in operation["responses"].items()}
    if "ETag" in answer["headers"]:
        responses["304"] = {"description": "What `If-None-Match` names is still the answer."}
    for code in _errors(declared, operation):
        responses[code] = {"$ref": f"#/components/responses/{code}"}
    operation["responses"] = dict(sorted(responses.items()))
    operation["parameters"] = [*operation["parameters"], *_headers(declared)]


def _errors(declared: Declared, operation: dict[str, Any]) -> list[str]:
    codes = ["400", "401", "403", "422", "429", "500"]
    codes += ["404"] if declared.misses else []
    codes += ["409"] if declared.conflicts or declared.method != "GET" else []
    codes += ["412"] if any(one["name"] == "If-Match" for one in _headers(declared)) else []
    codes += ["413", "415"] if "requestBody" in operation else []
    codes += ["503"] if declared.takes == OCTETS else []
    return codes


def _headers(declared: Declared) -> list[dict[str, Any]]:
    """The headers of the request that this method minds."""
    match declared.method:
        case "POST":
            told = "At most 255 characters, a new one for each thing to be done; repeats of the call are done once."
            schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
            return [{"in": "header", "name": "Idempotency-Key", "required": False, "schema": schema,
                     "description": told, "example": "5b1f0c1e-6f0e-4c4e-9a51-1f2d3c4b5a69"}]  # fmt: skip
        case "GET":
            told = "An ETag: 304 when the answer is still the same."
            return [{"in": "header", "name": "If-None-Match", "required": False, "schema": _TEXT, "description": told}]
        case _ if ("GET", declared.path) not in {(one.method, one.path) for one in DECLARED.values()}:
            return []
        case _:
            told = "An ETag of GET at the same address: 412 when it is another by now."
            return [{"in": "header", "name": "If-Match", "required": False, "schema": _TEXT, "description": told}]

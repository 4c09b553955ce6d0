"""The API reference as Markdown, made of the OpenAPI document: every operation, every body and answer, every field."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from json import dumps
from typing import Any, Final

Document = dict[str, Any]

ROLE_FIELD: Final = "x-role"  # of an operation: the role that its key needs
_METHODS = ("get", "post", "put", "patch", "delete", "head")
_REF = "#/components/schemas/"
_FIRST_ERROR = "400"
_EVERYWHERE = frozenset({"401", "403", "503"})  # what any operation with a key may answer is said once
_LIMITS = (
    ("minimum", "at least"),
    ("maximum", "at most"),
    ("minLength", "at least", "characters"),
    ("maxLength", "at most", "characters"),
    ("minItems", "at least", "items"),
    ("maxItems", "at most", "items"),
)

_INTRODUCTION = """# API reference

Send your key as `Authorization: Bearer sy_…`. Bodies and answers are JSON. Every error is `application/problem+json`
(RFC 9457) with a stable `code`. Any operation that needs a key may also answer 401 (no key, or an unknown one), 403
(the role of the key is too low) and 503 (the store does not answer now; try again).
"""


def write_reference(document: Document, problems: Mapping[str, tuple[int, str]]) -> str:
    """Return the whole reference.

    Args:
        document: the OpenAPI document. An operation may carry the role it needs as `x-role`.
        problems: status and title by code.
    """
    schemas: Document = document["components"]["schemas"]
    operations = sorted(_operations(document["paths"]), key=lambda operation: operation[0])
    parts = [_INTRODUCTION]
    for tag, group in groupby(operations, key=lambda operation: operation[0]):
        parts.append(f"## {tag.capitalize()}\n")
        parts += [_write_operation(path, method, operation) for _, path, method, operation in group]
    parts.append("## Bodies and answers\n")
    parts += [_write_schema(name, schema) for name, schema in sorted(schemas.items())]
    parts.append("## Problems\n\n| code | status | meaning |\n|---|---|---|")
    parts += [f"| `{code}` | {status} | {title} |" for code, (status, title) in problems.items()]
    return "\n".join(parts) + "\n"


def _operations(paths: Document) -> Iterator[tuple[str, str, str, Document]]:
    for path, item in paths.items():
        for method in _METHODS:
            if method in item:
                own = item[method]
                shared = item.get("parameters", [])
                yield own["tags"][0], path, method, own | {"parameters": [*shared, *own.get("parameters", [])]}


def _write_operation(path: str, method: str, operation: Document) -> str:
    lines = [f"### `{method.upper()} {path}`", "", operation.get("description") or operation["summary"], ""]
    lines.append(f"- operation: `{operation['operationId']}`")
    if role := operation.get(ROLE_FIELD):
        lines.append(f"- needs: a key with the role {role}")
    lines += [_write_parameter(parameter) for parameter in operation["parameters"]]
    content = (operation.get("requestBody") or {}).get("content", {})
    lines += [f"- body: {_name_content(kind, media)}" for kind, media in content.items()]
    answers = operation["responses"].items()
    good = [f"{status} {_name_contents(answer)}".strip() for status, answer in answers if status < _FIRST_ERROR]
    said = _EVERYWHERE if operation.get("security") else frozenset[str]()
    problems = [status for status, _ in answers if status >= _FIRST_ERROR and status not in said]
    lines.append(f"- answers: {'; '.join(good)}")
    if problems:
        lines.append(f"- problems: {', '.join(problems)}")
    return "\n".join([*lines, ""])


def _write_parameter(parameter: Document) -> str:
    schema = parameter.get("schema", {})
    words = [f"- {parameter['in']} `{parameter['name']}`: {_name_type(schema)}", *_limits_of(schema)]
    if not parameter.get("required"):
        words.append(
            f"default `{_plain(schema['default'])}`" if schema.get("default") is not None else "may be left out"
        )
    if about := parameter.get("description"):
        words.append(about)
    return "; ".join(words)


def _write_schema(name: str, schema: Document) -> str:
    lines = [f"### {name}", ""]
    if about := schema.get("description"):
        lines += [about, ""]
    if "enum" in schema:
        lines += [f"One of {', '.join(f'`{_plain(word)}`' for word in schema['enum'])}."]
    needed = set(schema.get("required", []))
    fields = schema.get("properties", {}).items()
    lines += [_write_field(field, own, is_needed=field in needed) for field, own in fields]
    return "\n".join([*lines, ""])


def _write_field(name: str, schema: Document, *, is_needed: bool) -> str:
    words = [f"- `{name}`: {_name_type(schema)}", *_limits_of(schema)]
    if is_needed:
        words.append("required")
    elif "default" in schema:
        words.append(f"default `{_plain(schema['default'])}`")
    if about := _about(schema):
        words.append(about)
    return "; ".join(words)


def _about(schema: Document) -> str:
    own = [schema, *schema.get("anyOf", []), *schema.get("allOf", [])]
    return next((" ".join(str(part["description"]).split()) for part in own if part.get("description")), "")


def _limits_of(schema: Document) -> list[str]:
    parts = [schema, *schema.get("anyOf", [])]
    found = [
        " ".join([words[0], f"{int(part[key]):,}", *words[1:]])
        for key, *words in _LIMITS
        for part in parts
        if key in part
    ]
    return [*found, *(f"matches `{part['pattern']}`" for part in parts if "pattern" in part)]


def _name_contents(answer: Document) -> str:
    return " or ".join(_name_content(kind, media) for kind, media in (answer.get("content") or {}).items())


def _name_content(kind: str, media: Document) -> str:
    schema = media.get("schema", {})
    return _name_type(schema) if kind == "application/json" else kind


def _name_type(schema: Document) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REF)
        return f"[{name}](#{name.lower()})"
    if options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(dict.fromkeys(_name_type(option) for option in options))
    if "enum" in schema:
        return " or ".join(f"`{_plain(word)}`" for word in schema["enum"])
    if "const" in schema:
        return f"`{_plain(schema['const'])}`"
    return _name_plain_type(schema)


def _name_plain_type(schema: Document) -> str:
    kind = schema.get("type", "any value")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {_name_type(schema.get('items', {}))}"
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict):
        return f"object of {_name_type(values)} by name"
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def _plain(value: object) -> str:
    return dumps(value) if value is None or isinstance(value, bool) else str(value)

"""The hot routes in OpenAPI's form: they are served before Litestar, which does not know them."""

from typing import Any

from router.core.access import Role
from router.manual.api_reference import ROLE_FIELD
from router.schemas.signups import MAX_IDEMPOTENCY_KEY_CHARACTERS

Item = dict[str, Any]


def _parameter(name: str, where: str, description: str, **schema: Any) -> Item:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": description,
        "schema": {"type": "string", **schema},
    }


def _answer(description: str, media_type: str, schema: Item | None = None) -> Item:
    return {"description": description, "content": {media_type: {"schema": schema or {"type": "string"}}}}


def _model(name: str) -> Item:
    return {"$ref": f"#/components/schemas/{name}"}


def _operation(operation_id: str, tag: str, description: str, responses: Item, **more: Any) -> Item:
    return {"operationId": operation_id, "tags": [tag], "description": description, "responses": responses, **more}


def _failing(*statuses: int) -> Item:
    return {str(status): {} for status in statuses}  # every route's problems are filled in alike


_PAGE = _answer("A page", "text/html")
_PICTURE = {"type": "string", "format": "binary"}
_POOL = _parameter("pool", "path", "the pool's id", examples=["main"])
_TOKEN = _parameter("token", "path", "what a personal link carries: signed, unguessable")
_SEE_OTHER = {"description": "Go on there", "headers": {"Location": {"schema": {"type": "string"}}}}
_NONCE_FORM = {
    "content": {
        "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"nonce": {"type": "string"}}}}
    }
}
_QUIET_FORM = {
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": {"wish": {"type": "string", "examples": ["again"]}}}
        }
    }
}
_PRESSED = {
    "type": "object",
    "required": ["page_url", "deeplink"],
    "properties": {"page_url": {"type": "string"}, "deeplink": {"type": "string"}},
}

_DELIVERY = _operation(
    "take_delivery",
    "hooks",
    "Take in an event of the provider. It is answered 200 once its effects are in the store.",
    {"200": _answer("Taken, or taken before", "text/plain")} | _failing(401, 404, 413, 503),
    parameters=[
        _parameter("webhook-id", "header", "the delivery's id"),
        _parameter("webhook-timestamp", "header", "when it was sent, in seconds since 1970"),
        _parameter("webhook-signature", "header", "after Standard Webhooks: `v1,` and a base64 HMAC"),
    ],
    requestBody={"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
)

HOT_PATHS: Item = {
    "/webhooks/linq": {"post": _DELIVERY},
    "/webhooks/linq/{environment}": {
        "parameters": [_parameter("environment", "path", "the environment's id", examples=["production"])],
        "post": _DELIVERY | {"operationId": "take_delivery_of_environment"},
    },
    "/j/{pool}": {
        "parameters": [_POOL],
        "get": _operation(
            "show_signup_page",
            "public",
            "Show the signup page. In a pool that asked for redirects, a person's own navigation on a phone goes "
            "straight to Messages.",
            {"200": _PAGE, "202": _answer("No line can take anybody now", "text/html"), "302": _SEE_OTHER}
            | _failing(404, 503),
        ),
        "post": _operation(
            "press_signup_button",
            "public",
            "Take a line, as the page's button does. A form that is not ours, or too old, leads back to the page.",
            {
                "200": _answer("For a script that asked for JSON", "application/json", _PRESSED),
                "202": _answer("No line can take anybody now", "text/html"),
                "303": _SEE_OTHER,
                "422": _answer("Nobody can be written to at the contact that was left", "text/html"),
            }
            | _failing(404, 413, 503),
            requestBody=_NONCE_FORM,
        ),
    },
    "/t/{token}": {
        "parameters": [_TOKEN],
        "get": _operation(
            "show_person",
            "public",
            "Show a person their line as it is now.",
            {"200": _PAGE, "202": _answer("No line can take them now", "text/html")} | _failing(404, 503),
        ),
        "post": _operation(
            "look_again",
            "public",
            "Give somebody on the waitlist a line if one has room by now. Show everybody their page.",
            {"200": _PAGE, "303": _SEE_OTHER} | _failing(404, 503),
        ),
    },
    "/t/{token}/go": {
        "parameters": [_TOKEN],
        "get": _operation(
            "open_messages",
            "public",
            "Open Messages; what is not a person on a phone is sent to the page.",
            {"200": _PAGE, "302": _SEE_OTHER, "303": _SEE_OTHER} | _failing(404, 503),
        ),
    },
    "/t/{token}/quiet": {
        "parameters": [_TOKEN],
        "get": _operation(
            "show_quiet_page",
            "public",
            "Ask a person whether they want no more prompts. Opening it changes nothing.",
            {"200": _PAGE} | _failing(404, 503),
        ),
        "post": _operation(
            "refuse_prompts",
            "public",
            "Prompt a person no more; with `wish=again`, prompt them again. Also what a mail program posts to "
            "unsubscribe its user (RFC 8058).",
            {"200": _PAGE} | _failing(404, 413, 503),
            requestBody=_QUIET_FORM,
        ),
    },
    "/t/{token}/{slug}.vcf": {
        "parameters": [_TOKEN, _parameter("slug", "path", "any name; the card's own is in vcard_url")],
        "get": _operation(
            "get_contact_card",
            "public",
            "Get the contact card: the person's line first, then their backups.",
            {"200": _answer("vCard 3.0", "text/vcard")} | _failing(404, 503),
        ),
    },
    "/t/{token}/qr.svg": {
        "parameters": [_TOKEN],
        "get": _operation(
            "get_qr_svg",
            "public",
            "Get the QR code of the person's page, for screens.",
            {"200": _answer("A picture", "image/svg+xml")} | _failing(404, 503),
        ),
    },
    "/t/{token}/qr.png": {
        "parameters": [_TOKEN],
        "get": _operation(
            "get_qr_png",
            "public",
            "Get the QR code of the person's page, for mail and print.",
            {"200": _answer("A picture", "image/png", _PICTURE)} | _failing(404, 503),
        ),
    },
    "/t/{token}/events": {
        "parameters": [_TOKEN],
        "get": _operation(
            "follow_person",
            "public",
            "Follow the person's state as server-sent events, until they texted.",
            {"200": _answer("Events", "text/event-stream")} | _failing(404, 503),
        ),
    },
    "/api/v1/pools/{pool}/signups": {
        "parameters": [_POOL],
        "post": _operation(
            "sign_up",
            "signups",
            "Give a person a line. The same person gets the same line again, whatever is retried.",
            {
                "200": _answer("They had a line already", "application/json", _model("SignupAnswer")),
                "201": _answer("A line was taken for them", "application/json", _model("SignupAnswer")),
                "202": _answer("No line can take anybody now", "application/json", _model("WaitlistAnswer")),
            }
            | _failing(400, 401, 403, 404, 413, 422, 503),
            parameters=[
                _parameter(
                    "Idempotency-Key",
                    "header",
                    "the same for every repetition of one request; a UUID will do",
                    pattern="^[!-~]+$",
                    minLength=1,
                    maxLength=MAX_IDEMPOTENCY_KEY_CHARACTERS,
                )
            ],
            requestBody={"required": True, "content": {"application/json": {"schema": _model("SignupBody")}}},
            security=[{"bearer": []}],
            **{ROLE_FIELD: Role.OPERATOR.word},
        ),
    },
}

"""What the sandbox serves besides its API and page: static files, the vCards behind `vcf_url`, headers for browsers."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.types import Message, Scope

from router.assets import CONTENT_SECURITY_POLICY, StaticFiles
from router.sandbox.control.bodies import ControlFault
from router.sandbox.sandbox import Sandbox
from router.sandbox.vcf import PATH as CARD_PATH
from router.sandbox.vcf import is_good_link, write_card

_FOR_ALL = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@get(CARD_PATH + "/{name:str}", media_type=MediaType.TEXT)
async def card_file(
    sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any], name: FromPath[str]
) -> Response[str]:
    """Serve the vCard behind a `vcf_url` until its link expires."""
    query = request.query_params
    number, without, expires = name.removesuffix(".vcf"), query.get("without", ""), query.get("expires", "")
    is_good = expires.isdecimal() and is_good_link(
        sandbox.link_key,
        number,
        without=without,
        expires_s=int(expires),
        signature=query.get("signature", ""),
        now_ns=sandbox.now_ns(),
    )
    if not is_good:
        return Response("Request has expired", status_code=HTTPStatus.FORBIDDEN, media_type=MediaType.TEXT)
    return Response(write_card(sandbox.world, number, without=without), media_type="text/vcard")


@get("/static/{name:path}")
async def static(static_files: NamedDependency[StaticFiles], name: FromPath[Path]) -> Response[bytes]:
    """Serve a file from memory."""
    asset = static_files.find(name.as_posix().lstrip("/"))
    if asset is None:
        raise NotFoundException("There is no such file.")
    return Response(asset.body, media_type=asset.content_type.partition(";")[0])


async def add_page_headers(message: Message, _scope: Scope) -> None:
    """Add the headers that restrict what a browser does with an answer, as the gateway does."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _FOR_ALL.items():
            headers.setdefault(name, value)


def refuses_strangers(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Refuse requests from another site that a developer has open: the control API asks for no key."""
    if connection.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        raise ControlFault(HTTPStatus.FORBIDDEN, "This came from another site's page.")

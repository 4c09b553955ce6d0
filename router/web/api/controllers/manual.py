"""The guide that comes with the program: pages for people, Markdown and `llms.txt` for programs. It needs no key."""

from asyncio import to_thread
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, route
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from router.manual.llms import FULL_PATH, INDEX_PATH
from router.manual.pages import GUIDE, START
from router.web.api.controllers.site import GET_AND_HEAD
from router.web.rendering.manual_pages import ManualShelf

# A page changes when the program does: a browser asks each time, and mostly hears that nothing changed.
_ASK_AGAIN = "no-cache"
_NOT_MODIFIED = 304


@route([START, INDEX_PATH, FULL_PATH], http_method=GET_AND_HEAD, include_in_schema=False, media_type=MediaType.TEXT)
async def show_manual(
    request: Request[Any, Any, Any], manual_shelf: NamedDependency[ManualShelf]
) -> Response[bytes | None]:
    """Show the first page of the guide, or what is there for language models."""
    return await _answer(request, manual_shelf, request.url.path.rstrip("/"))


@route(f"{START}/{GUIDE}", http_method=GET_AND_HEAD, include_in_schema=False)
async def lead_to_manual() -> Redirect:
    """Lead to the first page, which has the address of the whole."""
    return Redirect(START)


@route(f"{START}/{{name:path}}", http_method=GET_AND_HEAD, include_in_schema=False, media_type=MediaType.TEXT)
async def show_manual_page(
    request: Request[Any, Any, Any], manual_shelf: NamedDependency[ManualShelf], name: FromPath[Path]
) -> Response[bytes | None]:
    """Show a page of the guide, its Markdown, or a picture."""
    return await _answer(request, manual_shelf, START + name.as_posix())


async def _answer(request: Request[Any, Any, Any], shelf: ManualShelf, path: str) -> Response[bytes | None]:
    found = await to_thread(shelf.find, path)
    if found is None:
        raise NotFoundException("The guide has no such page. Its first page is /docs.")
    headers = {"Cache-Control": _ASK_AGAIN, "ETag": found.etag}
    if _has_it(request.headers.get("if-none-match", ""), found.etag):
        return Response(None, status_code=_NOT_MODIFIED, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=headers)


def _has_it(if_none_match: str, etag: str) -> bool:
    """Whether the caller holds this version (RFC 9110, 13.1.2: a weak comparison, which proxies rely on)."""
    held = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in held or held == ["*"]

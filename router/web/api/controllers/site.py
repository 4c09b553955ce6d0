"""What Litestar serves besides the API: health checks, the first page, and static files."""

from pathlib import Path

from litestar import HttpMethod, MediaType, Response, route
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template

from router.assets import StaticFiles
from router.schemas.health import AliveAnswer, ReadyAnswer
from router.services.pools.pool_cache import PoolCache
from router.services.runtime.clock import StoreClock
from router.settings.settings import Settings
from router.web.api.openapi_specs import may_fail

GET_AND_HEAD = [HttpMethod.GET, HttpMethod.HEAD]
_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"


@route("/healthz", http_method=[HttpMethod.GET], operation_id="healthz", tags=["health"])
async def healthz() -> AliveAnswer:
    """Report that the process answers; nothing else is checked."""
    return AliveAnswer()


@route(
    "/readyz",
    http_method=[HttpMethod.GET],
    operation_id="readyz",
    tags=["health"],
    responses={503: may_fail()[503]},
)
async def readyz(clock: NamedDependency[StoreClock]) -> ReadyAnswer:
    """Report whether the store answers, so that signups can be accepted."""
    await clock.synchronise()
    return ReadyAnswer()


@route("/", http_method=GET_AND_HEAD, include_in_schema=False, media_type=MediaType.HTML)
async def welcome(pool_cache: NamedDependency[PoolCache], settings: NamedDependency[Settings]) -> Template:
    """Show the operator that it runs, and where to go; on a public name it does not tell everybody of every pool."""
    pools = [] if settings.base_url else [view.pool for view in pool_cache.all()]
    return Template(
        "welcome.html", context={"is_public": bool(settings.base_url), "has_pools": bool(pools), "pools": pools}
    )


@route("/static/{name:path}", http_method=GET_AND_HEAD, include_in_schema=False)
async def static(static_files: NamedDependency[StaticFiles], name: FromPath[Path]) -> Response[bytes]:
    """Serve a file from memory; its hashed name may be cached for ever."""
    wanted = name.as_posix().lstrip("/")
    asset = static_files.find(wanted)
    if asset is None:
        raise NotFoundException("There is no such file.")
    kept = _FOR_EVER if wanted == asset.hashed_name else _AN_HOUR
    media_type = asset.content_type.partition(";")[0]  # Litestar adds the charset itself
    return Response(asset.body, media_type=media_type, headers={"Cache-Control": kept})

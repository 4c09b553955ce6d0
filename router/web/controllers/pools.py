"""Pools: their settings and their photo."""

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody, RawBody

from router.core.photo import MAX_UPLOAD_BYTES
from router.services.pools import PoolAdmin
from router.web.documented import BEARER, TakesPhoto, may_fail
from router.web.guards import requires_admin, requires_viewer
from router.web.schemas.pools import PoolAnswer, PoolBody, PoolChange


class PoolController(Controller):
    """Any key reads pools; admins decide on them."""

    path = "/pools"
    tags = ("pools",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/", operation_id="list_pools", responses=may_fail())
    async def list_pools(self, pool_admin: NamedDependency[PoolAdmin]) -> list[PoolAnswer]:
        """List all pools."""
        return [PoolAnswer.of(pool) for pool in await pool_admin.all()]

    @get("/{pool:str}", operation_id="get_pool", responses=may_fail(404))
    async def get_pool(self, pool_admin: NamedDependency[PoolAdmin], pool: FromPath[str]) -> PoolAnswer:
        """Get a pool."""
        return PoolAnswer.of(await pool_admin.get(pool))

    @get("/{pool:str}/photo", operation_id="get_photo", media_type="image/jpeg", responses=may_fail(404))
    async def get_photo(self, pool_admin: NamedDependency[PoolAdmin], pool: FromPath[str]) -> bytes:
        """Get the photo on the contact card, a small square JPEG."""
        photo = await pool_admin.photo(pool)
        if photo is None:
            raise NotFoundException("The pool has no photo.")
        return photo

    @post("/", operation_id="create_pool", guards=[requires_admin], responses=may_fail(400, 409, 413, 422))
    async def create_pool(self, pool_admin: NamedDependency[PoolAdmin], data: JSONBody[PoolBody]) -> PoolAnswer:
        """Create a pool."""
        return PoolAnswer.of(await pool_admin.create(data.id, data.fields()))

    @patch(
        "/{pool:str}", operation_id="change_pool", guards=[requires_admin], responses=may_fail(400, 404, 409, 413, 422)
    )
    async def change_pool(
        self, pool_admin: NamedDependency[PoolAdmin], pool: FromPath[str], data: JSONBody[PoolChange]
    ) -> PoolAnswer:
        """Change a pool; what is left out stays as it is."""
        return PoolAnswer.of(await pool_admin.change(pool, data.fields(), revision=data.revision))

    @delete(
        "/{pool:str}",
        operation_id="delete_pool",
        guards=[requires_admin],
        status_code=200,
        responses=may_fail(404, 409),
    )
    async def delete_pool(self, pool_admin: NamedDependency[PoolAdmin], pool: FromPath[str]) -> PoolAnswer:
        """Delete a pool that nobody was ever given a line of; any other is refused."""
        return PoolAnswer.of(await pool_admin.delete(pool))

    @put(
        "/{pool:str}/photo",
        operation_id="put_photo",
        guards=[requires_admin],
        operation_class=TakesPhoto,
        request_max_body_size=MAX_UPLOAD_BYTES,
        responses=may_fail(404, 409, 413, 422),
    )
    async def put_photo(self, pool_admin: NamedDependency[PoolAdmin], pool: FromPath[str], body: RawBody) -> PoolAnswer:
        """Upload a photo; it is cut to a square, made small and freed of all that it tells beside the picture."""
        return PoolAnswer.of(await pool_admin.set_photo(pool, body))

    @delete(
        "/{pool:str}/photo",
        operation_id="remove_photo",
        guards=[requires_admin],
        status_code=200,
        responses=may_fail(404, 409),
    )
    async def remove_photo(self, pool_admin: NamedDependency[PoolAdmin], pool: FromPath[str]) -> PoolAnswer:
        """Go back to having no photo."""
        return PoolAnswer.of(await pool_admin.remove_photo(pool))

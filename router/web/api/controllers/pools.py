"""Pools: their settings and their photo."""

from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody, RawBody

from router.core.act import Act
from router.core.links.photo import MAX_UPLOAD_BYTES
from router.schemas.pools import PoolAnswer, PoolBody, PoolChange
from router.schemas.words import WordsAnswer
from router.services.people.consents import Consents
from router.services.pools.admin import PoolAdmin
from router.web.api.openapi_specs import BEARER, TakesPhoto, may_fail
from router.web.guards import requires_admin, requires_viewer


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

    @get("/{pool:str}/words", operation_id="list_words", responses=may_fail(404))
    async def list_words(self, consents: NamedDependency[Consents], pool: FromPath[str]) -> list[WordsAnswer]:
        """List the words of consent under which people signed up on the pool's page, the oldest first."""
        return [WordsAnswer.of(version, words) for version, words in (await consents.all(pool)).items()]

    @get("/{pool:str}/photo", operation_id="get_photo", media_type="image/jpeg", responses=may_fail(404))
    async def get_photo(self, pool_admin: NamedDependency[PoolAdmin], pool: FromPath[str]) -> bytes:
        """Get the photo on the contact card, a small square JPEG."""
        photo = await pool_admin.photo(pool)
        if photo is None:
            raise NotFoundException("The pool has no photo.")
        return photo

    @post("/", operation_id="create_pool", guards=[requires_admin], responses=may_fail(400, 409, 413, 422))
    async def create_pool(
        self, pool_admin: NamedDependency[PoolAdmin], by: NamedDependency[Act], data: JSONBody[PoolBody]
    ) -> PoolAnswer:
        """Create a pool."""
        return PoolAnswer.of(await pool_admin.create(data.id, data.fields(), by=by))

    @patch(
        "/{pool:str}", operation_id="change_pool", guards=[requires_admin], responses=may_fail(400, 404, 409, 413, 422)
    )
    async def change_pool(
        self,
        pool_admin: NamedDependency[PoolAdmin],
        by: NamedDependency[Act],
        pool: FromPath[str],
        data: JSONBody[PoolChange],
    ) -> PoolAnswer:
        """Change a pool; what is left out stays as it is."""
        return PoolAnswer.of(await pool_admin.change(pool, data.fields(), by=by, revision=data.revision))

    @delete(
        "/{pool:str}",
        operation_id="delete_pool",
        guards=[requires_admin],
        status_code=200,
        responses=may_fail(404, 409),
    )
    async def delete_pool(
        self, pool_admin: NamedDependency[PoolAdmin], by: NamedDependency[Act], pool: FromPath[str]
    ) -> PoolAnswer:
        """Delete a pool whose lines were never given to anybody; any other is refused."""
        return PoolAnswer.of(await pool_admin.delete(pool, by=by))

    @put(
        "/{pool:str}/photo",
        operation_id="put_photo",
        guards=[requires_admin],
        operation_class=TakesPhoto,
        request_max_body_size=MAX_UPLOAD_BYTES,
        responses=may_fail(404, 409, 413, 422),
    )
    async def put_photo(
        self, pool_admin: NamedDependency[PoolAdmin], by: NamedDependency[Act], pool: FromPath[str], body: RawBody
    ) -> PoolAnswer:
        """Upload a photo; it is cut to a square and made small, and its metadata is removed."""
        return PoolAnswer.of(await pool_admin.set_photo(pool, body, by=by))

    @delete(
        "/{pool:str}/photo",
        operation_id="remove_photo",
        guards=[requires_admin],
        status_code=200,
        responses=may_fail(404, 409),
    )
    async def remove_photo(
        self, pool_admin: NamedDependency[PoolAdmin], by: NamedDependency[Act], pool: FromPath[str]
    ) -> PoolAnswer:
        """Go back to having no photo."""
        return PoolAnswer.of(await pool_admin.remove_photo(pool, by=by))

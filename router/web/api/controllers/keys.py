"""API keys."""

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from router.core.act import Act
from router.schemas.keys import KeyAnswer, KeyBody, NewKeyAnswer
from router.services.access import Access
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_admin


class KeyController(Controller):
    """Lists, makes and revokes keys."""

    path = "/keys"
    tags = ("keys",)
    guards = (requires_admin,)
    security = BEARER

    @get("/", operation_id="list_keys", responses=may_fail())
    async def list_keys(self, access: NamedDependency[Access]) -> list[KeyAnswer]:
        """List all keys, without their secrets."""
        return [KeyAnswer.of(key) for key in await access.all()]

    @post("/", operation_id="create_key", responses=may_fail(400, 413, 422))
    async def create_key(
        self, access: NamedDependency[Access], by: NamedDependency[Act], data: JSONBody[KeyBody]
    ) -> NewKeyAnswer:
        """Make a key; it is shown in this answer and never again."""
        key, spelled = await access.create(data.as_role(), data.label, by=by)
        return NewKeyAnswer(key=spelled, about=KeyAnswer.of(key))

    @delete("/{key_id:str}", operation_id="revoke_key", status_code=200, responses=may_fail(404, 409))
    async def revoke_key(
        self, access: NamedDependency[Access], by: NamedDependency[Act], key_id: FromPath[str]
    ) -> KeyAnswer:
        """Revoke a key; other workers refuse it within a second."""
        return KeyAnswer.of(await access.revoke(key_id, by=by))

"""Who may call what: an API key in the Authorization header, and the role it has."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from router.core.access import ApiKey, Role
from router.core.act import Act
from router.services.access import Access

Connection = ASGIConnection[Any, Any, Any, Any]

REQUEST_ID = "x-request-id"

_KEY = "admitted_key"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CHALLENGE = 'Bearer realm="switchyard"'
_FIX = "Send an API key as 'Authorization: Bearer sy_…'."


def admit(access: Access, authorization: str, needed: Role) -> ApiKey:
    """Return the key that an Authorization header presents.

    Raises:
        NotAuthorizedException: there is no key, or it is not one of ours.
        PermissionDeniedException: its role is not enough.
    """
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthorizedException(_FIX, headers={"WWW-Authenticate": _CHALLENGE})
    key = access.find(token.strip())
    if key is None:
        refusal = {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}
        raise NotAuthorizedException("The API key is unknown or was revoked.", headers=refusal)
    if key.role < needed:
        refusal = {"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope"'}
        raise PermissionDeniedException(
            f"This needs a key with the role {needed.word}; yours has the role {key.role.word}.", headers=refusal
        )
    return key


# Guards are async because Litestar runs a plain function in a thread, which costs more than all of this.
async def requires_viewer(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let any key read."""
    _admit(connection, Role.VIEWER)


async def requires_operator(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let operators and admins work with lines and people."""
    _admit(connection, Role.OPERATOR)


async def requires_admin(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let admins alone decide on pools and keys."""
    _admit(connection, Role.ADMIN)


# What each guard asks for, for the OpenAPI document.
GUARDED_ROLES: Final[Mapping[object, Role]] = MappingProxyType(
    {requires_viewer: Role.VIEWER, requires_operator: Role.OPERATOR, requires_admin: Role.ADMIN}
)


def _admit(connection: Connection, needed: Role) -> None:
    access: Access = connection.app.state.access
    connection.state[_KEY] = admit(access, connection.headers.get("authorization", ""), needed)


def act_of(connection: Connection) -> Act:
    """Return who acts with this request: the key that a guard admitted."""
    key: ApiKey = connection.state[_KEY]
    given = connection.headers.get(REQUEST_ID, "")
    request_id = given if _REQUEST_ID.fullmatch(given) else ""
    return Act(actor=key.id, role=key.role.word, request_id=request_id)

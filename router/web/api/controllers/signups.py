"""Signups: where a person stands, that they texted, and erasing them. Signing up itself is a hot route."""

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.core.act import Act
from router.core.code import Code, parse_code
from router.core.errors import NotFound, Refused
from router.schemas.signups import ConfirmAnswer, SignupAnswer
from router.services.people.erasure import Erasure
from router.services.people.signups import Signups
from router.services.pools.pool_cache import PoolCache, PoolView
from router.web.api.openapi_specs import BEARER, may_fail
from router.web.guards import requires_operator, requires_viewer
from router.web.rendering.signup_answers import SignupAnswers


class SignupController(Controller):
    """Any key reads signups; operators change what we know about people."""

    path = "/pools/{pool:str}"
    tags = ("signups",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/signups/{signup:str}", operation_id="get_signup", responses=may_fail(404))
    async def get_signup(
        self,
        signups: NamedDependency[Signups],
        pool_cache: NamedDependency[PoolCache],
        answers: NamedDependency[SignupAnswers],
        pool: FromPath[str],
        signup: FromPath[str],
    ) -> SignupAnswer:
        """Get where a person stands now."""
        return await _present(await pool_cache.get(pool), _code(signup), signups, answers)

    @post(
        "/signups/{signup:str}/confirm",
        operation_id="confirm_signup",
        guards=[requires_operator],
        status_code=200,
        responses=may_fail(404, 409),
    )
    async def confirm_signup(
        self,
        signups: NamedDependency[Signups],
        pool_cache: NamedDependency[PoolCache],
        pool: FromPath[str],
        signup: FromPath[str],
    ) -> ConfirmAnswer:
        """Record that the person texted their line."""
        word = await signups.confirm(await pool_cache.get(pool), _code(signup))
        if word == "unknown":
            raise _nobody()
        if word == "waitlisted":
            raise Refused("This person waits for a line; there is none they could have texted.")
        return ConfirmAnswer.model_validate({"state": word})

    @post(
        "/signups/{signup:str}/allow",
        operation_id="allow_messages",
        guards=[requires_operator],
        status_code=200,
        responses=may_fail(404),
    )
    async def allow_messages(
        self,
        signups: NamedDependency[Signups],
        pool_cache: NamedDependency[PoolCache],
        *,
        by: NamedDependency[Act],
        answers: NamedDependency[SignupAnswers],
        pool: FromPath[str],
        signup: FromPath[str],
    ) -> SignupAnswer:
        """Record that a person who had asked for no messages told you that they want them again.

        It takes back what they texted or chose on their page. What they told the provider ends with their next text.
        """
        view, code = await pool_cache.get(pool), _code(signup)
        await signups.allow(view, code, by=by)
        return await _present(view, code, signups, answers)

    @delete("/signups/{signup:str}", operation_id="forget_signup", guards=[requires_operator], responses=may_fail(404))
    async def forget_signup(
        self,
        erasure: NamedDependency[Erasure],
        pool_cache: NamedDependency[PoolCache],
        by: NamedDependency[Act],
        pool: FromPath[str],
        signup: FromPath[str],
    ) -> None:
        """Erase the person of a signup: what identifies them, their contact and their place."""
        await erasure.forget_signup(await pool_cache.get(pool), _code(signup), by=by)

    @delete("/users/{user:str}", operation_id="forget_user", guards=[requires_operator], responses=may_fail(404))
    async def forget_user(
        self,
        erasure: NamedDependency[Erasure],
        pool_cache: NamedDependency[PoolCache],
        by: NamedDependency[Act],
        pool: FromPath[str],
        user: FromPath[str],
    ) -> None:
        """Erase a person by your own id of them; if it holds a slash, which no path can, by their signup instead."""
        await erasure.forget_user(await pool_cache.get(pool), user, by=by)


async def _present(view: PoolView, code: Code, signups: Signups, answers: SignupAnswers) -> SignupAnswer:
    assignment = await signups.find(view, code)
    if assignment is None:
        raise _nobody()
    return answers.present(await signups.view_of(view, assignment), assignment)


def _code(signup: str) -> Code:
    code = parse_code(signup)
    if code is None:
        raise _nobody()
    return code


def _nobody() -> NotFound:
    return NotFound("There is no such signup in this pool.")

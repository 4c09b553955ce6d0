"""Signups: where a person stands, that they texted, and forgetting them. Signing up itself is a hot route."""

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.core.code import Code, parse_code
from router.core.errors import NotFound, Refused
from router.services.directory import Directory
from router.services.erasure import Erasure
from router.services.signups import Signups
from router.web.documented import BEARER, may_fail
from router.web.guards import requires_operator, requires_viewer
from router.web.schemas.signups import ConfirmAnswer, SignupAnswer
from router.web.signup_answers import SignupAnswers


class SignupController(Controller):
    """Any key reads signups; operators change what is known of people."""

    path = "/pools/{pool:str}"
    tags = ("signups",)
    guards = (requires_viewer,)
    security = BEARER

    @get("/signups/{signup:str}", operation_id="get_signup", responses=may_fail(404))
    async def get_signup(
        self,
        signups: NamedDependency[Signups],
        directory: NamedDependency[Directory],
        answers: NamedDependency[SignupAnswers],
        pool: FromPath[str],
        signup: FromPath[str],
    ) -> SignupAnswer:
        """Get where a person stands now."""
        view = await directory.seek(pool)
        assignment = await signups.find(view, _code(signup))
        if assignment is None:
            raise _nobody()
        return answers.present(await signups.view_of(view, assignment), assignment)

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
        directory: NamedDependency[Directory],
        pool: FromPath[str],
        signup: FromPath[str],
    ) -> ConfirmAnswer:
        """Record that the person texted their line."""
        word = await signups.confirm(await directory.seek(pool), _code(signup))
        if word == "unknown":
            raise _nobody()
        if word == "waitlisted":
            raise Refused("This person waits for a line; there is none they could have texted.")
        return ConfirmAnswer.model_validate({"state": word})

    @delete("/signups/{signup:str}", operation_id="forget_signup", guards=[requires_operator], responses=may_fail(404))
    async def forget_signup(
        self,
        erasure: NamedDependency[Erasure],
        directory: NamedDependency[Directory],
        pool: FromPath[str],
        signup: FromPath[str],
    ) -> None:
        """Erase the person of a signup: what identifies them, their contact and their place."""
        await erasure.forget_signup(await directory.seek(pool), _code(signup))

    @delete("/users/{user:str}", operation_id="forget_user", guards=[requires_operator], responses=may_fail(404))
    async def forget_user(
        self,
        erasure: NamedDependency[Erasure],
        directory: NamedDependency[Directory],
        pool: FromPath[str],
        user: FromPath[str],
    ) -> None:
        """Erase a person by your own id of them; if it holds a slash, which no path can, by their signup instead."""
        await erasure.forget_user(await directory.seek(pool), user)


def _code(signup: str) -> Code:
    code = parse_code(signup)
    if code is None:
        raise _nobody()
    return code


def _nobody() -> NotFound:
    return NotFound("There is no such signup in this pool.")

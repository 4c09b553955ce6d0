"""Whether the process lives and whether it can work."""

from typing import Literal

from router.web.schemas.common import Answer


class AliveAnswer(Answer):
    """The process answers; nothing else was asked."""

    status: Literal["alive"] = "alive"


class ReadyAnswer(Answer):
    """The store answers, so signups can be taken."""

    status: Literal["ready"] = "ready"
    store: Literal["answers"] = "answers"

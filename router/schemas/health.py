"""Whether the process lives and whether it can work."""

from typing import Literal

from router.schemas.common import AnswerBody


class AliveAnswer(AnswerBody):
    """The process answers; nothing else was checked."""

    status: Literal["alive"] = "alive"


class ReadyAnswer(AnswerBody):
    """The store answers, so signups can be accepted."""

    status: Literal["ready"] = "ready"
    store: Literal["answers"] = "answers"

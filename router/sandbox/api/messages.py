"""The message paths: send without naming a line, read, react."""

from typing import Any

from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.sandbox import conversations, faults
from router.sandbox.api.bodies import NewMessage, NewReaction, read
from router.sandbox.api.posting import answered_before, post_message, remember
from router.sandbox.api.trace import trace_id_of
from router.sandbox.records import Json, SandboxMessage
from router.sandbox.sandbox import Sandbox
from router.sandbox.selection import select_line
from router.sandbox.sending import check_consent, check_eligible, check_parts, check_people
from router.sandbox.shapes import handles_shape, message_shape, sent_shape


class MessageController(Controller):
    """Messages of the account."""

    path = "/messages"

    @post(status_code=202)
    async def send(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """Send to people from the most suitable line."""
        body = read(NewMessage, await request.body())
        key = body.message.idempotency_key or request.headers.get("Idempotency-Key")
        if (answer := answered_before(sandbox, key)) is not None:
            return answer
        people = check_people(body.to)
        parts = check_parts(body.message.parts)
        check_consent(sandbox.world, people, override_optout=body.override_optout)
        selection = select_line(sandbox.world, frozenset(people), body.exclude_from)
        if selection.abandoned is not None and body.continuation_message is not None:
            parts = [{"type": "text", "value": body.continuation_message.text}]
        is_new = selection.chat is None
        chat = selection.chat or conversations.open_chat(sandbox.world, selection.line, people, now_ns=sandbox.now_ns())
        message = post_message(sandbox, chat, parts, body.message, key)
        answer = {
            "chat_id": chat.id,
            "created_new_chat": is_new,
            "from": selection.line.number,
            "from_selection": {"reason": selection.reason, "reused_existing_chat": not is_new},
            "handles": handles_shape(chat),
            "is_group": chat.is_group,
            "message": sent_shape(message),
            "service": chat.speech,
            "previous_chat_id": selection.abandoned.id if selection.abandoned else None,
        }
        return remember(sandbox, key, message, answer)

    @get("/{message_id:str}")
    async def read_message(self, sandbox: NamedDependency[Sandbox], message_id: FromPath[str]) -> Json:
        """Show one message."""
        return message_shape(_message(sandbox, message_id))

    @delete("/{message_id:str}", status_code=204)
    async def forget(self, sandbox: NamedDependency[Sandbox], message_id: FromPath[str]) -> None:
        """Remove a message from the API; people still have it."""
        del sandbox.world.messages[_message(sandbox, message_id).id]

    @post("/{message_id:str}/reactions", status_code=202)
    async def react(
        self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any], message_id: FromPath[str]
    ) -> Json:
        """React to a message. Removing a reaction is accepted and does nothing."""
        message = _message(sandbox, message_id)
        body = read(NewReaction, await request.body())
        check_eligible(sandbox.world.line_of(message.chat.line.handle))
        if body.operation == "add":
            conversations.react(
                sandbox.world,
                message,
                body.type,
                by_line=True,
                emoji=body.custom_emoji,
                now_ns=sandbox.now_ns(),
            )
        return {"status": "accepted", "message": "Reaction queued", "trace_id": trace_id_of(request.scope)}


def _message(sandbox: Sandbox, message_id: str) -> SandboxMessage:
    message = sandbox.world.messages.get(message_id)
    if message is None:
        raise faults.not_found(2002, "SandboxMessage")
    return message

"""The chat paths: open one on a named line, list them, write into one."""

from typing import Any

from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from router.sandbox import conversations, faults
from router.sandbox.api.bodies import NewChat, NewChatMessage, read
from router.sandbox.api.posting import answered_before, post_message, remember
from router.sandbox.cards import card_of
from router.sandbox.pages import page_of
from router.sandbox.records import Chat, Json
from router.sandbox.sandbox import Sandbox
from router.sandbox.selection import check_numbers
from router.sandbox.sending import (
    check_consent,
    check_eligible,
    check_first_message,
    check_parts,
    check_people,
)
from router.sandbox.shapes import chat_shape, handles_shape, health_shape, message_shape, sent_shape


class ChatController(Controller):
    """Conversations of the account."""

    path = "/chats"

    @get()
    async def list_chats(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """List chats, the most recently active first."""
        query = request.query_params
        sender, recipient = query.get("from"), query.get("to")
        chats = [
            chat
            for chat in sandbox.world.chats.values()
            if sender in {None, chat.line.handle}
            and (recipient is None or conversations.clean_handle(recipient) in chat.handles)
        ]
        chats.sort(key=lambda chat: chat.updated_ns, reverse=True)
        shown, next_cursor = page_of(chats, query.get("cursor"), query.get("limit"))
        return {"chats": [chat_shape(chat) for chat in shown], "next_cursor": next_cursor}

    @post(status_code=201)
    async def create(self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any]) -> Json:
        """Write to people from a line. An existing chat of this line and these people is continued."""
        body = read(NewChat, await request.body())
        if (answer := answered_before(sandbox, body.message.idempotency_key)) is not None:
            return answer
        check_numbers([body.sender])
        line = sandbox.world.line_of(body.sender)
        check_eligible(line)
        people = check_people(body.to)
        parts = check_parts(body.message.parts)
        check_consent(sandbox.world, people, override_optout=body.override_optout)
        found = conversations.find_chats(sandbox.world, frozenset(people))
        chat = next((chat for chat in found if chat.line.handle == line.number), None)
        if chat is None:
            check_first_message(parts)
            chat = conversations.open_chat(sandbox.world, line, people, now_ns=sandbox.now_ns())
        sandbox.world.use(line)
        message = post_message(sandbox, chat, parts, body.message, body.message.idempotency_key)
        answer = {
            "chat": {
                "id": chat.id,
                "display_name": None,
                "handles": handles_shape(chat),
                "health_status": health_shape(chat),
                "is_group": chat.is_group,
                "message": sent_shape(message),
                "service": chat.speech,
            }
        }
        return remember(sandbox, body.message.idempotency_key, message, answer)

    @get("/{chat_id:str}")
    async def read_chat(self, sandbox: NamedDependency[Sandbox], chat_id: FromPath[str]) -> Json:
        """Show one chat."""
        return chat_shape(_chat(sandbox, chat_id))

    @get("/{chat_id:str}/messages")
    async def list_messages(
        self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any], chat_id: FromPath[str]
    ) -> Json:
        """List a chat's messages, the newest first."""
        chat = _chat(sandbox, chat_id)
        messages = [message for message in reversed(sandbox.world.messages.values()) if message.chat is chat]
        query = request.query_params
        shown, next_cursor = page_of(messages, query.get("cursor"), query.get("limit"))
        return {"messages": [message_shape(message) for message in shown], "next_cursor": next_cursor}

    @post("/{chat_id:str}/messages", status_code=202)
    async def send(
        self, sandbox: NamedDependency[Sandbox], request: Request[Any, Any, Any], chat_id: FromPath[str]
    ) -> Json:
        """Write into a chat."""
        chat = _chat(sandbox, chat_id)
        body = read(NewChatMessage, await request.body())
        if (answer := answered_before(sandbox, body.message.idempotency_key)) is not None:
            return answer
        line = sandbox.world.line_of(chat.line.handle)
        check_eligible(line)
        parts = check_parts(body.message.parts)
        check_consent(sandbox.world, [person.handle for person in chat.people], override_optout=body.override_optout)
        sandbox.world.use(line)
        message = post_message(sandbox, chat, parts, body.message, body.message.idempotency_key)
        answer = {"chat_id": chat.id, "message": sent_shape(message)}
        return remember(sandbox, body.message.idempotency_key, message, answer)

    @post("/{chat_id:str}/read", status_code=204)
    async def mark_as_read(self, sandbox: NamedDependency[Sandbox], chat_id: FromPath[str]) -> None:
        """Accept that a chat was read; the sandbox does nothing with it."""
        check_eligible(sandbox.world.line_of(_chat(sandbox, chat_id).line.handle))

    @post("/{chat_id:str}/typing", status_code=204)
    async def start_typing(self, sandbox: NamedDependency[Sandbox], chat_id: FromPath[str]) -> None:
        """Accept a typing indicator; the sandbox does nothing with it."""
        check_eligible(sandbox.world.line_of(_chat(sandbox, chat_id).line.handle))

    @delete("/{chat_id:str}/typing", status_code=204)
    async def stop_typing(self, sandbox: NamedDependency[Sandbox], chat_id: FromPath[str]) -> None:
        """Accept the end of a typing indicator."""
        check_eligible(sandbox.world.line_of(_chat(sandbox, chat_id).line.handle))

    @post("/{chat_id:str}/share_contact_card", status_code=204)
    async def share_card(self, sandbox: NamedDependency[Sandbox], chat_id: FromPath[str]) -> None:
        """Share the line's name and photo, at most once in five minutes per chat."""
        chat = _chat(sandbox, chat_id)
        line = sandbox.world.line_of(chat.line.handle)
        check_eligible(line)
        card_of(line)
        wait_s = sandbox.share_allowance.spend(chat.id, now_ns=sandbox.now_ns())
        if wait_s is not None:
            raise faults.rate_limited(wait_s)
        chat.card_shared_ns = sandbox.now_ns()


def _chat(sandbox: Sandbox, chat_id: str) -> Chat:
    chat = sandbox.world.chats.get(chat_id)
    if chat is None:
        raise faults.not_found(2001, "Chat")
    return chat

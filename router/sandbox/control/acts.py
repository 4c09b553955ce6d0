"""Actions on the sandbox, for the control API and the page. Each returns the record it created or changed."""

from router.core.line import Reputation, Status
from router.sandbox import conversations, lines
from router.sandbox.control.bodies import ControlFault, Failure, Health, NewLine, Reply, Tapback, Text
from router.sandbox.records import Chat, SandboxLine, SandboxMessage
from router.sandbox.sandbox import Sandbox


def find_line(sandbox: Sandbox, number: str) -> SandboxLine:
    """Return a line of any environment.

    Raises:
        ControlFault: there is none.
    """
    line = sandbox.world.lines.get(number)
    if line is None:
        raise ControlFault(404, f"{number} is not a line of this account.")
    return line


def add_line(sandbox: Sandbox, order: NewLine) -> SandboxLine:
    """Give the account a line."""
    return lines.add_line(sandbox.world, number=order.number, kind=order.kind, now_ns=sandbox.now_ns(), quietly=False)


def set_health(sandbox: Sandbox, number: str, order: Health) -> SandboxLine:
    """Change a line's status or reputation, with an event."""
    line = find_line(sandbox, number)
    status = None if order.status is None else Status(order.status)
    reputation = None if order.reputation is None else Reputation(order.reputation)
    lines.set_health(sandbox.world, line, status=status, reputation=reputation, now_ns=sandbox.now_ns())
    return line


def text_line(sandbox: Sandbox, order: Text) -> SandboxMessage | None:
    """Let a person text a line. Return None if the account has blocked them.

    Raises:
        ControlFault: the text does not arrive.
    """
    try:
        message = conversations.receive_text(
            sandbox.world,
            sender=order.sender,
            number=order.to,
            text=order.text,
            speech=order.service,
            is_late=order.reconciled,
            anyway=order.anyway,
            now_ns=sandbox.now_ns(),
        )
    except conversations.TextNotDelivered as error:
        raise ControlFault(409, str(error)) from error
    if message is not None:
        sandbox.answer_later(message)
    return message


def reply(sandbox: Sandbox, order: Reply) -> SandboxMessage:
    """Write into a chat as the customer's app. The message is sent, delivered and read at once."""
    chat = _chat(sandbox, order.chat) if order.chat else _chat_between(sandbox, order.sender, order.to)
    line = sandbox.world.lines.get(chat.line.handle)
    if line is None or not line.is_usable:
        raise ControlFault(409, f"{chat.line.handle} cannot send now.")
    message = conversations.write(sandbox.world, chat, [{"type": "text", "value": order.text}], now_ns=sandbox.now_ns())
    conversations.mark_sent(sandbox.world, message, now_ns=sandbox.now_ns())
    if order.until != "sent":
        conversations.mark_delivered(sandbox.world, message, now_ns=sandbox.now_ns())
    if order.until == "read":
        conversations.mark_read(sandbox.world, message, now_ns=sandbox.now_ns())
    return message


def tap_back(sandbox: Sandbox, order: Tapback) -> SandboxMessage:
    """Let a person or a line react to the other's newest message."""
    by_line = order.sender in sandbox.world.lines
    chat = _chat_between(sandbox, order.sender, order.to)
    message = conversations.last_message(sandbox.world, chat, inbound=by_line)
    conversations.react(sandbox.world, message, order.type, by_line=by_line, emoji=None, now_ns=sandbox.now_ns())
    return message


def fail(sandbox: Sandbox, order: Failure) -> SandboxMessage:
    """Let a message of the account fail."""
    message = sandbox.world.messages.get(order.message)
    if message is None or message.is_inbound:
        raise ControlFault(404, f"There is no message {order.message} of the account.")
    conversations.mark_failed(sandbox.world, message, order.code, now_ns=sandbox.now_ns())
    return message


def _chat(sandbox: Sandbox, chat_id: str) -> Chat:
    chat = sandbox.world.chats.get(chat_id)
    if chat is None:
        raise ControlFault(404, f"There is no chat {chat_id}.")
    return chat


def _chat_between(sandbox: Sandbox, one: str | None, other: str | None) -> Chat:
    """Return the chat of a line and a person, named in either order."""
    if not one or not other:
        raise ControlFault(422, "Name the chat, or both from and to.")
    number, person = (one, other) if one in sandbox.world.lines else (other, one)
    handle = conversations.clean_handle(person)
    for chat in conversations.find_chats(sandbox.world, frozenset({handle})):
        if chat.line.handle == number:
            return chat
    raise ControlFault(404, f"{number} and {person} have no chat yet.")

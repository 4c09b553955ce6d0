"""What all ways of sending share: the rate limit per pair, idempotency, and the message itself."""

from router.sandbox import faults
from router.sandbox.api.bodies import MessageContent
from router.sandbox.conversations import write
from router.sandbox.records import Chat, Json, SandboxMessage, SendAnswer
from router.sandbox.sandbox import Sandbox


def answered_before(sandbox: Sandbox, key: str | None) -> Json | None:
    """Return the earlier answer to a send with this idempotency key, or None.

    Raises:
        LinqFault: 404, its message was removed. It is never sent again.
    """
    if key is None or (kept := sandbox.world.answers_by_key.get(key)) is None:
        return None
    if kept.message_id not in sandbox.world.messages:
        raise faults.not_found(2002, "SandboxMessage")
    return kept.answer


def remember(sandbox: Sandbox, key: str | None, message: SandboxMessage, answer: Json) -> Json:
    """Store an answer for a repetition, and return it."""
    if key is not None:
        sandbox.world.answers_by_key[key] = SendAnswer(message_id=message.id, answer=answer)
    return answer


def post_message(
    sandbox: Sandbox, chat: Chat, parts: list[Json], content: MessageContent, key: str | None
) -> SandboxMessage:
    """Send a message that passed all other checks.

    Raises:
        LinqFault: 1007, this line sent thirty messages to these people within a minute.
    """
    now_ns = sandbox.now_ns()
    wait_s = sandbox.pair_allowance.spend((chat.line.handle, chat.handles), now_ns=now_ns)
    if wait_s is not None:
        raise faults.rate_limited(wait_s)
    message = write(
        sandbox.world,
        chat,
        parts,
        now_ns=now_ns,
        effect=content.effect,
        reply_to=content.reply_to,
        preferred_service=content.preferred_service,
        idempotency_key=key,
    )
    sandbox.send_and_deliver(message)
    return message

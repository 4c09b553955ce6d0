"""What all ways of sending share: the pair limit, idempotency, and the message itself."""

from router.providers.sandbox import faults
from router.providers.sandbox.api.bodies import MessageContent
from router.providers.sandbox.conversations import write
from router.providers.sandbox.records import Answered, Chat, Json, Message
from router.providers.sandbox.sandbox import Sandbox


def answered_before(sandbox: Sandbox, key: str | None) -> Json | None:
    """Return what a send with this idempotency key was answered.

    Raises:
        LinqFault: 404, its message is gone; it is never sent again.
    """
    if key is None or (kept := sandbox.world.answers_by_key.get(key)) is None:
        return None
    if kept.message_id not in sandbox.world.messages:
        raise faults.not_found(2002, "Message")
    return kept.answer


def remember(sandbox: Sandbox, key: str | None, message: Message, answer: Json) -> Json:
    """Keep an answer for a repetition, and return it."""
    if key is not None:
        sandbox.world.answers_by_key[key] = Answered(message_id=message.id, answer=answer)
    return answer


def post_message(sandbox: Sandbox, chat: Chat, parts: list[Json], content: MessageContent, key: str | None) -> Message:
    """Send a message that passed all other checks.

    Raises:
        LinqFault: 1007, thirty went to these people from this line within a minute.
    """
    now_ns = sandbox.now_ns()
    wait_s = sandbox.pair_allowance.take((chat.line.handle, chat.handles), now_ns=now_ns)
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
    sandbox.move_on(message)
    return message

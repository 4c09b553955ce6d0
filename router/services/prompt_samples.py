"""Prompts as they would read, with the real name, numbers and links of a pool, for nobody in particular."""

from router.core.code import Code
from router.core.phone import E164, display
from router.core.prompt import ChannelName, Message, Recipient
from router.core.prompt_defaults import PromptReason
from router.core.prompt_text import PromptFields, write_prompt
from router.core.token import PAGE, Tokens
from router.services.directory import PoolView

_NOBODY = Code("222222")
_NUMBERS = (E164("+12025550101"), E164("+12025550102"))  # of nobody; for a pool that has no lines yet


def sample_prompt(
    view: PoolView,
    channel: ChannelName,
    reason: PromptReason,
    *,
    tokens: Tokens,
    base_url: str,
    recipient: Recipient,
    attempt: str,
) -> Message:
    """Return a prompt of a pool; its link leads to a page that is nobody's.

    Raises:
        InvalidText: it does not fit one SMS.
    """
    new, old = (*view.numbers(sorted(view.lines)), *_NUMBERS)[:2]
    page_url = f"{base_url}/t/{tokens.mint(PAGE, view.pool.id, _NOBODY)}"
    fields = PromptFields(name=view.pool.name, number=display(new), old_number=display(old), link=page_url)
    words = write_prompt(channel, reason, fields, view.pool.prompt_texts)
    return Message(
        attempt=attempt,
        campaign="sample",
        pool=view.pool.id,
        signup=_NOBODY,
        recipient=recipient,
        old_number=None if reason is PromptReason.WAITLIST else old,
        new_number=new,
        page_url=page_url,
        subject=words.subject,
        text=words.text,
        html="",
        unsubscribe_url=f"{page_url}/quiet",
        reason=reason,
    )

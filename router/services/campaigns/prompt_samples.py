"""Write a sample prompt with the real name, numbers and links of a pool, addressed to nobody."""

from router.core.campaigns.cause import Cause
from router.core.campaigns.prompt import Message, Recipient
from router.core.campaigns.prompt_text import cause_in_words, fields_for, write_prompt
from router.core.channel import ChannelName
from router.core.code import Code
from router.core.links.token import PAGE, Tokens
from router.core.phone import E164
from router.services.pools.pool_cache import PoolView

_NOBODY = Code("222222")
_NUMBERS = (E164("+12025550101"), E164("+12025550102"))  # nobody has them; for a pool without lines


def sample_prompt(
    view: PoolView,
    channel: ChannelName,
    reason: Cause,
    *,
    tokens: Tokens,
    base_url: str,
    recipient: Recipient,
    attempt: str,
) -> Message:
    """Return a prompt of a pool; its link leads to the page of a code that nobody has.

    Raises:
        InvalidText: it does not fit one SMS.
    """
    new, old = (*view.numbers(sorted(view.lines)), *_NUMBERS)[:2]
    page_url = f"{base_url}/t/{tokens.mint(PAGE, view.pool.id, _NOBODY)}"
    stop_url, is_old_ours = f"{page_url}/quiet", reason is not Cause.RELEASED
    shown_old = None if reason is Cause.WAITLIST else old
    fields = fields_for(view.pool, old=shown_old, new=new, link=page_url, stop=stop_url, is_old_ours=is_old_ours)
    words = write_prompt(channel, cause_in_words(reason, is_old_ours=is_old_ours), fields, view.pool.prompt_texts)
    return Message(
        attempt=attempt,
        campaign="sample",
        pool=view.pool.id,
        signup=_NOBODY,
        recipient=recipient,
        old_number=shown_old,
        old_number_display=fields.old_number,
        new_number=new,
        brand=fields.brand,
        website=fields.website,
        page_url=page_url,
        subject=words.subject,
        text=words.text,
        html="",
        unsubscribe_url=stop_url,
        reason=reason,
    )

"""Write one person's prompt: the pool's words, the two numbers, and the link to their page."""

from hashlib import sha256

from router.core.campaign import Campaign
from router.core.code import Code
from router.core.phone import E164, display
from router.core.prompt import ChannelName, Message, Recipient
from router.core.prompt_defaults import PromptReason
from router.core.prompt_text import PromptFields, write_prompt
from router.core.token import PAGE, Tokens
from router.services.directory import PoolView


class PromptWriter:
    """Writes prompts.

    Args:
        tokens: makes the links to people's pages.
        base_url: of those links.
    """

    def __init__(self, tokens: Tokens, base_url: str) -> None:
        self._tokens = tokens
        self._base_url = base_url

    def write(
        self,
        view: PoolView,
        campaign: Campaign,
        code: Code,
        channel: ChannelName,
        recipient: Recipient,
        *,
        old: E164 | None,
        new: E164,
    ) -> Message:
        """Write the prompt that asks a person of a campaign to text `new`, rather than `old` if they have that.

        Raises:
            InvalidText: the pool's words for it do not fit.
        """
        page_url = f"{self._base_url}/t/{self._tokens.mint(PAGE, view.pool.id, code)}"
        old_number = "" if old is None else display(old)
        fields = PromptFields(name=view.pool.name, number=display(new), old_number=old_number, link=page_url)
        words = write_prompt(channel, PromptReason(campaign.cause.value), fields, view.pool.prompt_texts)
        return Message(
            attempt=attempt_of(campaign.id, code, channel),
            campaign=campaign.id,
            pool=view.pool.id,
            signup=code,
            recipient=recipient,
            old_number=old,
            new_number=new,
            page_url=page_url,
            subject=words.subject,
            text=words.text,
            html="",
            unsubscribe_url=f"{page_url}/quiet",
            reason=campaign.cause.value,
        )


def attempt_of(campaign: str, code: Code, channel: ChannelName) -> str:
    """The idempotency key of a prompt: the same for every try of it, and of no other."""
    return f"sy_{sha256(f'{campaign}:{code}:{channel}'.encode()).hexdigest()[:32]}"

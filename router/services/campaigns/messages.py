"""Write one person's prompt, and read how that person can be reached."""

from hashlib import sha256

from router.core.campaigns.campaign import Campaign
from router.core.campaigns.prompt import Message, Recipient
from router.core.campaigns.prompt_text import cause_in_words, fields_for, write_prompt
from router.core.channel import ChannelName
from router.core.code import Code
from router.core.line import Line, is_ours
from router.core.links.token import PAGE, Tokens
from router.core.people.personal_data import PersonalData
from router.core.phone import E164
from router.services.pools.pool_cache import PoolView
from router.store.assignments import cut_contacts


class Recipients:
    """Opens the sealed contact data that people gave us."""

    def __init__(self, personal_data: PersonalData) -> None:
        self._personal_data = personal_data

    def open(self, contacts: bytes) -> Recipient:
        """Return how a person can be reached: the last user id, phone number and e-mail address they gave."""
        user = phone = email = None
        for sealed in cut_contacts(contacts):
            identity = self._personal_data.open(sealed)
            if identity is not None:
                user, phone, email = identity.user or user, identity.phone or phone, identity.email or email
        return Recipient(user=user, phone=phone, email=email)


class PromptWriter:
    """Writes prompts: the pool's words, the two numbers, and the link to the person's page.

    Args:
        tokens: makes the links to people's pages.
        base_url: what those links begin with.
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
        old: Line | None,
        new: E164,
    ) -> Message:
        """Write the prompt that asks a person to text `new`, and no longer `old` if they have that line.

        Raises:
            InvalidText: the pool's own words do not fit the channel.
        """
        page_url = f"{self._base_url}/t/{self._tokens.mint(PAGE, view.pool.id, code)}"
        stop_url = f"{page_url}/quiet"
        old_number, is_old_ours = (None, True) if old is None else (old.number, is_ours(old.health))
        fields = fields_for(view.pool, old=old_number, new=new, link=page_url, stop=stop_url, is_old_ours=is_old_ours)
        cause = cause_in_words(campaign.cause, is_old_ours=is_old_ours)
        words = write_prompt(channel, cause, fields, view.pool.prompt_texts)
        return Message(
            attempt=attempt_of(campaign.id, code, channel),
            campaign=campaign.id,
            pool=view.pool.id,
            signup=code,
            recipient=recipient,
            old_number=old_number,
            old_number_display=fields.old_number,
            new_number=new,
            brand=fields.brand,
            website=fields.website,
            page_url=page_url,
            subject=words.subject,
            text=words.text,
            html="",
            unsubscribe_url=stop_url,
            reason=campaign.cause.value,
        )


def attempt_of(campaign: str, code: Code, channel: ChannelName) -> str:
    """Return the idempotency key of a prompt: the same for each of its tries, and different for every other prompt."""
    return f"sy_{sha256(f'{campaign}:{code}:{channel}'.encode()).hexdigest()[:32]}"

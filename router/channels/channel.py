"""What a channel is: something beside the lines that carries a prompt to a person."""

from typing import Protocol

from router.core.prompt import ChannelName, Message, Recipient, SendResult


class Channel(Protocol):
    """Carries prompts.

    Attributes:
        resend_is_safe: whether a message whose outcome is unknown may be sent again under the same attempt, because the
            receiver tells the second from the first by it.
    """

    @property
    def name(self) -> ChannelName:
        """Which it is."""

    @property
    def resend_is_safe(self) -> bool:
        """Whether a second sending of one attempt does no harm."""

    def can_reach(self, recipient: Recipient) -> bool:
        """Whether it has what it takes to reach a person."""

    async def send(self, message: Message) -> SendResult:
        """Try once; what goes wrong is told, never raised."""

    async def aclose(self) -> None:
        """Close what it keeps open."""

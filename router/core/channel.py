"""The channels that carry prompts."""

from enum import StrEnum


class ChannelName(StrEnum):
    """A channel. None of them is a line: a prompt from a new number would be a cold message."""

    APP = "app"
    EMAIL = "email"
    SMS = "sms"

"""What can carry a prompt."""

from enum import StrEnum


class ChannelName(StrEnum):
    """None of them is a line: a prompt from a fresh one would be a cold message."""

    APP = "app"
    EMAIL = "email"
    SMS = "sms"

"""Why people must move to another line: the cause of a campaign, which also chooses the words of its prompts."""

from enum import StrEnum


class Cause(StrEnum):
    """Why people must move. People of the WAITLIST have no line yet: a campaign invites them to their first."""

    FLAGGED = "flagged"
    RELEASED = "released"
    DRAIN = "drain"
    WAITLIST = "waitlist"

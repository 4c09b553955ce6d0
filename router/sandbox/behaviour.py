"""The sandbox's switches: behaviour that a test or a developer may change while it runs."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Field(default=0.0, ge=0, le=1)

StatusBody = Literal["A", "B", "C", "D"]
Signatures = Literal["both", "standard", "legacy"]


class Behaviour(BaseModel):
    """All switches, with their defaults.

    Attributes:
        duplicates: share of deliveries that are made twice.
        drops: share of deliveries that are never made, as if the provider lost them.
        disorder_ms: each delivery waits a random time up to this, so that deliveries overtake one another.
        hold: hold deliveries until they are released.
        status_body: generation of the body of `phone_number.status_updated`: A (February 2026) to D (now).
        signatures: which signature headers are sent; `legacy` is what the provider's own command line relay sends.
        auto_reply: the answer of the customer's app to each text; None for no answer.
        auto_reply_ms: the delay of that answer.
        receipts: whether the account's messages become delivered and read.
        no_line_status: the status of `GET /v3/available_number` when no line is left; both have been seen.
        inbound_first: whether a person must text before the account may text them, as on shared lines.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    duplicates: float = Share
    drops: float = Share
    disorder_ms: int = Field(default=0, ge=0, le=60_000)
    hold: bool = False
    status_body: StatusBody = "D"
    signatures: Signatures = "both"
    auto_reply: str | None = Field(default=None, max_length=500)
    auto_reply_ms: int = Field(default=800, ge=0, le=60_000)
    receipts: bool = True
    no_line_status: Literal[503, 409] = 503
    inbound_first: bool = False

    def changed(self, changes: dict[str, object]) -> "Behaviour":
        """Return the switches with changes.

        Raises:
            ValidationError: no such switch, or no such value.
        """
        return Behaviour.model_validate(self.model_dump() | changes)

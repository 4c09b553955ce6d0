"""`switchyard channels`: try what carries prompts and alerts before you need it."""

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console

from router.channels.alerts import Notifier
from router.cli.printing.tables import AsJson, print_facts, print_json, print_table
from router.cli.session import PoolOption, run, run_in_pool
from router.core.campaigns.cause import Cause
from router.core.campaigns.prompt import Message, Recipient, SendOutcome, SendResult
from router.core.channel import ChannelName
from router.core.errors import InvalidField, InvalidText, NotFound, Refused
from router.core.gsm7 import count_septets
from router.gateway import Gateway
from router.services.campaigns.prompt_samples import sample_prompt

app = typer.Typer(help="Channels: what carries prompts and alerts, apart from the lines.", no_args_is_help=True)

ReasonWord = Annotated[Cause, typer.Option(help="Why people would be prompted.")]
_ATTEMPT_BYTES = 16


class ChannelAnswer(BaseModel):
    """A channel, and what it would say."""

    channel: ChannelName
    is_set_up: bool
    place: int | None
    subject: str
    text: str
    septets: int | None
    fault: str = ""


class TryAnswer(BaseModel):
    """How a try ended."""

    outcome: SendOutcome
    reason: str
    reference: str


@app.command("words")
def show_words(pool: PoolOption = None, reason: ReasonWord = Cause.FLAGGED, as_json: AsJson = False) -> None:
    """Show which channels are set up, in the pool's order, and what each would say."""

    async def ask(gateway: Gateway, pool_id: str) -> list[ChannelAnswer]:
        order = (await gateway.pool_admin.get(pool_id)).prompt_channels
        names = [*order, *(name for name in ChannelName if name not in order)]
        return [_answer_for(gateway, pool_id, name, order, reason) for name in names]

    answers = run_in_pool(pool, ask)
    if as_json:
        print_json(answers)
        return
    print_table(
        ("channel", "set up", "order", "SMS characters"),
        [(one.channel, "yes" if one.is_set_up else "no", one.place or "-", one.septets or "-") for one in answers],
    )
    say = Console(highlight=False, markup=False, soft_wrap=True).print
    for one in answers:
        say("\n\n".join(filter(None, (f"[{one.channel}]", one.fault, one.subject, one.text.strip(), "\n"))), end="")


@app.command("try")
def try_channel(
    channel: Annotated[ChannelName, typer.Argument(help="Which channel.", show_default=False)],
    to: Annotated[str, typer.Argument(help="Your own number, address, or id in your app.", show_default=False)],
    pool: PoolOption = None,
    reason: ReasonWord = Cause.FLAGGED,
    as_json: AsJson = False,
) -> None:
    """Send one prompt to yourself and show the result. Its link is nobody's page."""

    async def send(gateway: Gateway, pool_id: str) -> SendResult:
        if channel not in gateway.channels:
            raise Refused(f"{channel} is not set up: see the settings in docs/guide/channels.md.")
        message = _sample(gateway, pool_id, channel, reason, _recipient(channel, to))
        if not gateway.channels[channel].can_reach(message.recipient):
            raise InvalidField("to", f"{channel} cannot reach that")
        return await gateway.channels[channel].send(message)

    result = run_in_pool(pool, send)
    if as_json:
        print_json(TryAnswer(outcome=result.outcome, reason=result.reason, reference=result.reference))
    else:
        print_facts([("outcome", result.outcome), ("reason", result.reason), ("reference", result.reference)])
    if result.outcome is not SendOutcome.SENT:
        raise typer.Exit(1)


@app.command("alert")
def try_alert() -> None:
    """Send one alert to every address in ALERT_URLS."""

    async def send(gateway: Gateway) -> bool:
        urls = [url.get_secret_value() for url in gateway.settings.alert_urls]
        if not urls:
            raise Refused("SWITCHYARD_ALERT_URLS is not set: see docs/guide/channels.md.")
        return await Notifier(urls).notify("Switchyard: a try", "Alerts will come here. There is nothing to do.")

    if not run(send):
        raise Refused("Not every address accepted it; the lines above say which.")
    print_facts([("alert", "accepted by every address")])


def _answer_for(
    gateway: Gateway, pool_id: str, name: ChannelName, order: Sequence[ChannelName], reason: Cause
) -> ChannelAnswer:
    try:
        message = _sample(gateway, pool_id, name, reason, Recipient())
    except InvalidText as error:
        subject, text, fault = "", "", str(error)
    else:
        subject, text, fault = message.subject, message.text, ""
    return ChannelAnswer(
        channel=name,
        is_set_up=name in gateway.channels,
        place=order.index(name) + 1 if name in order else None,
        subject=subject,
        text=text,
        septets=count_septets(text) if name is ChannelName.SMS else None,
        fault=fault,
    )


def _sample(gateway: Gateway, pool_id: str, channel: ChannelName, reason: Cause, recipient: Recipient) -> Message:
    view = gateway.pool_cache.cached(pool_id)
    if view is None:
        raise NotFound(f"There is no pool {pool_id[:40]!r}.")
    return sample_prompt(
        view,
        channel,
        reason,
        tokens=gateway.tokens,
        base_url=gateway.base_url,
        recipient=recipient,
        attempt=f"sy_try_{gateway.random_bytes(_ATTEMPT_BYTES).hex()}",
    )


def _recipient(channel: ChannelName, to: str) -> Recipient:
    match channel:
        case ChannelName.APP:
            return Recipient(user=to)
        case ChannelName.EMAIL:
            return Recipient(email=to)
        case ChannelName.SMS:
            return Recipient(phone=to)

"""Make the services that run campaigns: who is prompted, over which channel, and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from router.channels.channel import Channel
from router.core.campaigns.app_news import APP_EVENTS, is_event_name
from router.core.campaigns.campaign_rules import CampaignRules, burst_of
from router.core.channel import ChannelName
from router.core.errors import InvalidField
from router.services.campaigns.admin import CampaignAdmin
from router.services.campaigns.app_deliveries import AppDeliveries
from router.services.campaigns.app_news import App, AppNewsSender
from router.services.campaigns.engine import CampaignEngine, Sleep
from router.services.campaigns.lifecycle import CampaignLifecycle
from router.services.campaigns.messages import PromptWriter, Recipients
from router.services.campaigns.people_finder import PeopleFinder
from router.services.campaigns.preview import Previewer
from router.services.campaigns.prompting import Prompting
from router.services.campaigns.sending import PromptSender
from router.services.people.left_contacts import LeftContacts
from router.settings.settings import Settings
from router.store.app_news import NewsLog
from router.store.waitlist import Waitlist
from router.wiring.shared import Shared

Draw = Callable[[], float]
"""A random number from 0 up to 1, to spread retries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignParts:
    """The services that run campaigns."""

    lifecycle: CampaignLifecycle
    prompting: Prompting
    previewer: Previewer
    engine: CampaignEngine
    admin: CampaignAdmin


def rules_of(settings: Settings) -> CampaignRules:
    """Return the campaign rules that the settings ask for."""
    pace = settings.prompts_per_second
    return CampaignRules(
        hold_down=timedelta(minutes=settings.hold_down_minutes),
        prompts_per_second=pace,
        burst=burst_of(pace),
        people_per_hour=settings.prompted_people_per_hour,
        opened_wait=timedelta(hours=settings.opened_wait_hours),
    )


def make_campaigns(
    shared: Shared,
    channels: Mapping[ChannelName, Channel],
    rules: CampaignRules,
    *,
    draw: Draw,
    sleep: Sleep,
) -> CampaignParts:
    """Make the services that run campaigns.

    Args:
        shared: what all parts share.
        channels: those that are set up.
        rules: the pace, and how long a flag must last.
        draw: spreads retries.
        sleep: waits until the pace allows the next prompt.
    """
    campaigns, queue, lines, clock = shared.campaigns, shared.campaign_queue, shared.lines, shared.clock
    waitlist, recipients = Waitlist(shared.client, shared.scripts), Recipients(shared.personal_data)
    lifecycle = CampaignLifecycle(campaigns, waitlist, shared.alerts, rules)
    prompting = Prompting(
        queue=queue,
        waitlist=waitlist,
        channels=channels,
        recipients=recipients,
        left_contacts=LeftContacts(shared.assignments, shared.personal_data),
        sender=PromptSender(
            queue=queue,
            channels=channels,
            writer=PromptWriter(shared.tokens, shared.base_url),
            rules=rules,
            clock=clock,
            draw=draw,
        ),
        rules=rules,
        clock=clock,
    )
    previewer = Previewer(
        campaigns=campaigns,
        assignments=shared.assignments,
        lines=lines,
        prompting=prompting,
        recipients=recipients,
        rules=rules,
    )
    return CampaignParts(
        lifecycle=lifecycle,
        prompting=prompting,
        previewer=previewer,
        engine=CampaignEngine(
            campaigns=campaigns,
            queue=queue,
            lines=lines,
            lifecycle=lifecycle,
            finder=PeopleFinder(campaigns, queue, waitlist, clock),
            prompting=prompting,
            alerts=shared.alerts,
            clock=clock,
            sleep=sleep,
            opened_wait=rules.opened_wait,
        ),
        admin=CampaignAdmin(
            campaigns=campaigns,
            lines=lines,
            pool_cache=shared.pool_cache,
            lifecycle=lifecycle,
            previewer=previewer,
            clock=clock,
        ),
    )


def make_app_news_sender(
    shared: Shared, channels: Mapping[ChannelName, Channel], *, events: tuple[str, ...], draw: Draw
) -> AppNewsSender:
    """Make the service that sends events to the customer's app, if the app's webhook is set up.

    Raises:
        InvalidField: a setting switches on an event that does not exist.
    """
    for name in events:
        if not is_event_name(name):
            choice = ", ".join(APP_EVENTS)
            raise InvalidField("SWITCHYARD_APP_EVENTS", f"{name!r} is no event; choose from {choice}")
    return AppNewsSender(
        cast(App | None, channels.get(ChannelName.APP)),
        news=NewsLog(shared.client),
        assignments=shared.assignments,
        recipients=Recipients(shared.personal_data),
        tokens=shared.tokens,
        base_url=shared.base_url,
        clock=shared.clock,
        draw=draw,
        events=events,
    )


def make_app_deliveries(
    shared: Shared, channels: Mapping[ChannelName, Channel], *, events: tuple[str, ...]
) -> AppDeliveries:
    """Make the service that shows how events for the customer's app fared, and sends them once more."""
    return AppDeliveries(
        cast(App | None, channels.get(ChannelName.APP)),
        news=NewsLog(shared.client),
        pool_cache=shared.pool_cache,
        clock=shared.clock,
        events=events,
    )

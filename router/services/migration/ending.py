"""Tell operators, when a campaign is done, of those it may not have reached."""

from router.core.campaign import Campaign, PersonState
from router.services.alerts import Alerts
from router.store.campaigns import Campaigns
from router.store.keys import PoolKeys

_REACHED = (PersonState.SENT, PersonState.OPENED, PersonState.MOVED)
_TO_LOOK_AT = (PersonState.UNKNOWN, PersonState.FAILED)


async def tell_left_behind(alerts: Alerts, campaigns: Campaigns, keys: PoolKeys, campaign: Campaign) -> None:
    """Name those a human must decide on, or that nobody was reached at all: then no channel may be set up.

    Raises:
        StoreUnavailable: nothing was told; `switchyard campaigns show` says the same.
    """
    counts = (await campaigns.progress(keys, campaign)).counts
    is_for_nobody = not any(counts[state] for state in _REACHED)
    left = [f"{counts[state]} {state.word}" for state in (*_TO_LOOK_AT, PersonState.SKIPPED) if counts[state]]
    if not left or not (is_for_nobody or any(counts[state] for state in _TO_LOOK_AT)):
        return
    message = (
        f"Campaign {campaign.id} is done, and may not have reached {', '.join(left)}. Whom, and why: "
        f"switchyard campaigns export {campaign.id}"
    )
    await alerts.tell("campaign_left_behind", campaign.id, message)

"""Create the channels that the settings configure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from router.channels.channel import Channel
from router.core.channel import ChannelName
from router.settings.channels import ChannelSettings
from router.settings.mail_server import read_mail_server, read_sender


def channels_of(settings: ChannelSettings, *, wall_s: Callable[[], float]) -> Mapping[ChannelName, Channel]:
    """Return the configured channels by name. The caller closes them.

    Args:
        settings: already checked, so each channel has what it needs.
        wall_s: wall clock, for dates and signatures.
    """
    made = (_app(settings, wall_s), _email(settings, wall_s), _sms(settings, wall_s))
    return MappingProxyType({channel.name: channel for channel in made if channel is not None})


# Each library is imported only if its channel is used: together they take a second.


def _app(settings: ChannelSettings, wall_s: Callable[[], float]) -> Channel | None:
    if settings.app_webhook_url is None:
        return None
    from router.channels.app_webhook import AppWebhook  # noqa: PLC0415

    secrets = [secret.get_secret_value() for secret in settings.app_webhook_secrets]
    return AppWebhook(settings.app_webhook_url, secrets, wall_s=wall_s, may_be_private=settings.app_webhook_private)


def _email(settings: ChannelSettings, wall_s: Callable[[], float]) -> Channel | None:
    if settings.smtp_url is None or settings.smtp_from is None:
        return None
    from router.channels.email import Email  # noqa: PLC0415

    return Email(read_mail_server(settings.smtp_url), read_sender(settings.smtp_from), wall_s=wall_s)


def _sms(settings: ChannelSettings, wall_s: Callable[[], float]) -> Channel | None:
    account, token, sender = settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_from
    if account is None or token is None or sender is None:
        return None
    from router.channels.sms import Sms  # noqa: PLC0415

    return Sms(account, token.get_secret_value(), sender, settings.twilio_base_url, wall_s=wall_s)

"""Pool settings: which values are refused, under which field, and that every default passes."""

from dataclasses import replace
from typing import Any

import pytest

from router.core.channel import ChannelName
from router.core.errors import InvalidField, InvalidText
from router.core.pool import Pool, PoolId
from router.core.pools.pool_rules import check_pool

POOL = Pool(id=PoolId("main"), name="Acme")


def test_a_pool_of_defaults_passes() -> None:
    """A pool with only an id and a name works."""
    check_pool(POOL)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Main!"),
        ("name", ""),
        ("name", " Acme"),
        ("name", "Ac\u202eme"),
        ("name", "Ac\x07me"),
        ("name", "Ac\ud800me"),
        ("name", "\u200b"),
        ("name", "A" * 61),
        ("greeting", "one\ntwo"),
        ("greeting", "g" * 201),
        ("colour", "blue"),
        ("colour", "#12345"),
        ("colour", "#1d5fd1;background:red"),
        ("website", "ftp://acme.example"),
        ("website", "javascript:alert(1)"),
        ("website", "https://"),
        ("website", "https://acme.example/a b"),
        ("website", "https://acme.example/a,b"),
        ("website", "https://acme.example/a;b"),
        ("website", "https://acmé.example"),
        ("website", "https://acme.example:99999"),
        ("website", "https://acme.example@evil.example"),
        ("website", "https://acme.example/" + "a" * 200),
        ("over_provisioning", -0.01),
        ("over_provisioning", 1.01),
        ("over_provisioning", float("nan")),
        ("messages_per_line_per_day", 0),
        ("messages_per_line_per_day", 1_000_001),
        ("messages_per_person_per_day", 0.0),
        ("messages_per_person_per_day", 10_001.0),
        ("new_people_per_day", 0),
        ("new_people_per_day", 100_001),
        ("warm_up_days", -1.0),
        ("warm_up_days", 90.5),
        ("warm_up_days", float("inf")),
        ("order_days", -0.5),
        ("order_days", 91.0),
        ("order_days", float("nan")),
        ("reservation_minutes", 0),
        ("reservation_minutes", 10_081),
        ("backups", -1),
        ("time_zone", ""),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "Europe"),
        ("time_zone", "localtime"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", "Europe/" + "x" * 5000),
        ("environment", "Staging"),
        ("environment", ""),
        ("backups", 4),
        ("prompt_channels", (ChannelName.SMS, ChannelName.SMS)),
        ("prompt_texts", {"fax": "{name} {link}"}),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_its_field(field: str, value: object) -> None:
    """The fault names the field as the caller wrote it."""
    wrong: dict[str, Any] = {field: value}
    with pytest.raises(InvalidField) as caught:
        check_pool(replace(POOL, **wrong))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Ünï & Söhne 👋"),
        ("website", "http://localhost:8000/x?y=z"),
        ("website", "https://xn--acm-epa.example/%2C"),
        ("over_provisioning", 1),
        ("new_people_per_day", None),
        ("warm_up_days", 0),
        ("order_days", 0),
        ("order_days", 90.0),
        ("backups", 0),
        ("colour", "#ABCdef"),
        ("time_zone", "UTC"),
        ("time_zone", "Etc/GMT+5"),
        ("time_zone", "America/Argentina/Buenos_Aires"),
    ],
)
def test_a_value_at_its_edge_passes(field: str, value: object) -> None:
    """A value at the edge of its range passes."""
    right: dict[str, Any] = {field: value}
    check_pool(replace(POOL, **right))


def test_a_text_that_phones_damage_is_refused() -> None:
    """The prefilled text must meet the same rules wherever it comes from."""
    with pytest.raises(InvalidText):
        check_pool(replace(POOL, text="Hi Acme & friends {code}"))


def test_a_pools_own_words_need_room_for_its_name() -> None:
    """A text that fits with a short name may not fit with a long one; the field is named like a place in the body."""
    words = {"sms": f"{{name}}, {'a' * 50} {{number}} {{link}}"}
    check_pool(replace(POOL, prompt_texts=words))
    with pytest.raises(InvalidField) as caught:
        check_pool(replace(POOL, name="Acme of the very long name", prompt_texts=words))
    assert caught.value.field == "prompt_texts.sms"

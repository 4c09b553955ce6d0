"""The shapes that settings may have: hosts, URLs, lists, paths and secrets."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*")
_STORE_URL = re.compile(r"(?:rediss?(?:\+cluster|\+sentinel)?|unix)://\S+")


def _lower(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _split(text: object) -> object:
    return tuple(part for part in map(str.strip, text.split(",")) if part) if isinstance(text, str) else text


def _must_be_host(text: str) -> str:
    if not _HOST_NAME.fullmatch(text):
        ip_address(text.removeprefix("[").removesuffix("]"))  # a v4 address passes as a name, so this is for v6
    return text


def _must_be_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or url.port == 0 or re.search(r"[?#@\\\s]", text):
        raise ValueError
    _must_be_host(url.hostname or "")
    return text.rstrip("/")


def _must_be_exact_url(text: str) -> str:
    _must_be_url(text)
    return text  # to some servers a slash at the end makes another path


def _must_be_origin(text: str) -> str:
    if urlsplit(text).path not in {"", "/"}:
        raise ValueError
    return _must_be_url(text).lower()


def _must_be_store_url(secret: SecretStr) -> SecretStr:
    if not _STORE_URL.fullmatch(secret.get_secret_value()):
        raise ValueError
    return secret


def _must_be_literal_path(path: Path) -> Path:
    if str(path).startswith("~") or "\0" in str(path):
        raise ValueError
    return path


Word = BeforeValidator(_lower)
"""One of a few words, in any case."""
Listed = BeforeValidator(_split)
"""Several values, as a list or in one text with commas between."""

Host = Annotated[str, Word, AfterValidator(_must_be_host)]
Url = Annotated[str, AfterValidator(_must_be_url)]
ExactUrl = Annotated[str, AfterValidator(_must_be_exact_url)]
Origin = Annotated[str, AfterValidator(_must_be_origin)]
StoreUrl = Annotated[SecretStr, AfterValidator(_must_be_store_url)]
LiteralPath = Annotated[Path, AfterValidator(_must_be_literal_path)]
SecretWord = Annotated[SecretStr, Field(min_length=1)]

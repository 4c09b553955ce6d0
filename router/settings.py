"""What an operator may set, read once at start from the environment and an optional `switchyard.toml`.

The environment wins over the file. An empty variable counts as unset, so `${X:-}` in a compose file works; only the two
keys that we would otherwise make ourselves must not be empty. All faults are found before the first is reported.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "SWITCHYARD_"
CONFIG_VARIABLE = "SWITCHYARD_CONFIG"
CONFIG_NAME = "switchyard.toml"
MIN_SECRET_KEY_LENGTH = 32

_TEST_PREFIX = "SWITCHYARD_TESTS_"  # the test command's own switches, handed down to the servers it starts
_MUST_NOT_BE_EMPTY = frozenset({"secret_key", "admin_key"})
_SHOWN_CHARACTERS = 80

# Kubernetes gives every pod variables named after each Service, and one called switchyard collides with ours.
_SERVICE_LINK = re.compile(r"SWITCHYARD_(?:SERVICE_(?:HOST|PORT)\w*|PORT_\d+_(?:TCP|UDP|SCTP)\w*)")
_SERVICE_LINK_MEND = "comes from a Kubernetes Service called switchyard; set enableServiceLinks: false in the pod"

_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*")
_STORE_URL = re.compile(r"(?:rediss?(?:\+cluster|\+sentinel)?|unix)://\S+")


class SettingsError(Exception):
    """Settings that can not be used.

    Attributes:
        faults: one sentence each: the variable, its value unless secret, and what would be right.
    """

    def __init__(self, faults: list[str]) -> None:
        """Keep the faults apart, for a caller that lays them out its own way."""
        super().__init__("\n".join(faults))
        self.faults = faults


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


_Word = BeforeValidator(_lower)
_List = BeforeValidator(_split)
_AllowedHost = Annotated[str, _Word, AfterValidator(_must_be_host)]
_SecretWord = Annotated[SecretStr, Field(min_length=1)]


class Settings(BaseModel):
    """Every setting, by the name it has in `switchyard.toml`; the environment has it in capitals after SWITCHYARD_.

    A description says what would be right, and completes the sentence "it must be …" in a fault.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    host: Annotated[str, _Word, AfterValidator(_must_be_host)] = Field(
        default="0.0.0.0",  # noqa: S104  # phones reach a laptop over the LAN; deployments put a proxy before it
        description="a host name or address to listen on, such as 127.0.0.1",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="a whole number from 1 to 65535")
    workers: int = Field(default=1, ge=1, le=64, description="a whole number of processes from 1 to 64")
    data_dir: Annotated[Path, AfterValidator(_must_be_literal_path)] = Field(
        default=Path("data"), description="the path of a directory; ~ is not expanded"
    )
    redis_url: Annotated[SecretStr, AfterValidator(_must_be_store_url)] | None = Field(
        default=None,
        description="like redis://host:6379/0, rediss://, redis+cluster://, redis+sentinel://host:26379/service/0 or "
        "unix:///path, or unset for the embedded store",
    )
    base_url: Annotated[str, AfterValidator(_must_be_origin)] | None = Field(
        default=None, description="how phones reach us, like https://go.example.com: no path, query or login"
    )
    allowed_hosts: Annotated[tuple[_AllowedHost, ...], _List] = Field(
        default=(),
        description="names with commas between, without scheme or port, like go.example.com,text.acme.net",
    )
    secret_key: Annotated[SecretStr, Field(min_length=MIN_SECRET_KEY_LENGTH)] | None = Field(
        default=None, description=f"at least {MIN_SECRET_KEY_LENGTH} random characters, or unset to have one made"
    )
    admin_key: _SecretWord | None = Field(
        default=None, description="the first admin's API key, or unset to have one made and printed once"
    )
    store_timeout_ms: int = Field(default=250, ge=10, le=10_000, description="milliseconds, 10 to 10000")
    log_format: Annotated[Literal["auto", "console", "json"], _Word] = Field(
        default="auto", description="auto, console or json"
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], _Word] = Field(
        default="info", description="debug, info, warning or error"
    )
    linq_api_key: _SecretWord | None = Field(default=None, description="a Linq API key")
    linq_base_url: Annotated[str, AfterValidator(_must_be_url)] | None = Field(
        default=None, description="an http or https URL without query or login"
    )
    linq_webhook_secrets: Annotated[tuple[_SecretWord, ...], _List] = Field(
        default=(), description="webhook secrets with commas between"
    )

    def origin(self, lan_address: str) -> str:
        """Return the origin of every link we hand out: `base_url`, or this machine's address on its own network."""
        return self.base_url or f"http://{f'[{lan_address}]' if ':' in lan_address else lan_address}:{self.port}"


@dataclass(frozen=True, slots=True)
class _Given:
    """What the operator wrote for one setting, and in which file; None for the environment."""

    text: str
    file: Path | None = None


def load_settings(environ: Mapping[str, str], *, directory: Path) -> Settings:
    """Read the settings.

    Args:
        environ: the process's environment.
        directory: where `switchyard.toml` may lie, and what relative paths start from.

    Raises:
        SettingsError: with all faults, those of the file first.
    """
    faults: list[str] = []
    given = _read_file(environ, directory, faults) | _read_environ(environ, faults)
    try:
        settings = Settings.model_validate({name: entry.text for name, entry in given.items()})
    except ValidationError as error:
        wrong = {str(detail["loc"][0]) for detail in error.errors(include_input=False, include_url=False)}
        faults.extend(_describe(name, given[name]) for name in Settings.model_fields if name in wrong)
        raise SettingsError(faults) from None  # pydantic's own account would show values that may be secret
    if faults:
        raise SettingsError(faults)
    return settings.model_copy(update={"data_dir": directory / settings.data_dir})


def _read_environ(environ: Mapping[str, str], faults: list[str]) -> dict[str, _Given]:
    given = {}
    for variable in sorted(environ):
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE or variable.startswith(_TEST_PREFIX):
            continue
        if _SERVICE_LINK.fullmatch(variable):
            faults.append(f"{variable} {_SERVICE_LINK_MEND}.")
        elif name not in Settings.model_fields or variable != _variable(name):
            faults.append(
                f"{variable} is not a setting; {_did_you_mean(name, [*Settings.model_fields, 'config'], _variable)}"
            )
        elif environ[variable].strip() or name in _MUST_NOT_BE_EMPTY:
            given[name] = _Given(environ[variable])
    return given


def _read_file(environ: Mapping[str, str], directory: Path, faults: list[str]) -> dict[str, _Given]:
    named = environ.get(CONFIG_VARIABLE, "")
    path = directory / (named or CONFIG_NAME)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            faults.append(f"{CONFIG_VARIABLE}={named!r}: there is no such file; name one, or unset it.")
        return {}
    except (OSError, ValueError) as error:  # a TOML fault names line and column, never a value
        reason = error.strerror if isinstance(error, OSError) else _first_words(error)
        faults.append(f"{CONFIG_VARIABLE}={str(path)!r}: the file can not be read: {reason}.")
        return {}
    given = {}
    for name, value in table.items():
        place = f"{_variable(name)} ({name!r} in {path})"
        if name not in Settings.model_fields:
            faults.append(f"{place} is not a setting; {_did_you_mean(name, Settings.model_fields, repr)}")
        elif (text := _as_text(name, value)) is None:
            faults.append(f"{place}: it must be {_mend(name)}.")
        else:
            given[name] = _Given(text, path)
    return given


def _as_text(name: str, value: object) -> str | None:
    if isinstance(value, str | int | float):
        return str(value)
    takes_several = isinstance(Settings.model_fields[name].default, tuple)
    if takes_several and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ",".join(value)
    return None


def _describe(name: str, given: _Given) -> str:
    if name == "port" and given.text.startswith("tcp://"):
        return f"{_variable(name)}={given.text!r} {_SERVICE_LINK_MEND}."
    place = f" ({name!r} in {given.file})" if given.file else ""
    return f"{_variable(name)}={_show(name, given.text)}{place}: it must be {_mend(name)}."


def _show(name: str, text: str) -> str:
    if "SecretStr" in repr(Settings.model_fields[name].annotation):  # alone, in a union or in a tuple
        return f"<hidden, {len(text)} characters>"
    shown = re.sub(r"//[^/]*@", "//<hidden>@", text)
    return repr(shown if len(shown) <= _SHOWN_CHARACTERS else shown[:_SHOWN_CHARACTERS] + "…")


def _did_you_mean(name: str, known: Iterable[str], spell: Callable[[str], str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {spell(near[0])}?" if near else "mend its name or remove it."


def _mend(name: str) -> str:
    return Settings.model_fields[name].description or ""


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _first_words(error: ValueError) -> str:
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)

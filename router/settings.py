"""What an operator may set, read once at start from the environment and an optional `switchyard.toml`.

The environment wins over the file. An empty variable counts as unset, so `${X:-}` in a compose file works; only the two
keys that we would otherwise make ourselves must not be empty. All faults are found before the first is reported.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SecretStr, ValidationError

from router.channel_settings import ChannelSettings, find_gaps
from router.linq_settings import (
    DEFAULT_LINQ_URL,
    PRODUCTION,
    TABLES,
    LinqEnvironment,
    LinqTable,
    did_you_mean,
    find_clashes,
    name_environments,
    read_tables,
)
from router.setting_shapes import Host, Listed, LiteralPath, Origin, SecretWord, StoreUrl, Url, Word

PREFIX = "SWITCHYARD_"
CONFIG_VARIABLE = "SWITCHYARD_CONFIG"
CONFIG_NAME = "switchyard.toml"
MIN_SECRET_KEY_LENGTH = 32

FILE_ONLY = frozenset({TABLES})

_TEST_PREFIX = "SWITCHYARD_TESTS_"  # the test command's own switches, handed down to the servers it starts
_MUST_NOT_BE_EMPTY = frozenset({"secret_key", "admin_key"})
_SHOWN_CHARACTERS = 80

# Kubernetes gives every pod variables named after each Service, and one called switchyard collides with ours.
_SERVICE_LINK = re.compile(r"SWITCHYARD_(?:SERVICE_(?:HOST|PORT)\w*|PORT_\d+_(?:TCP|UDP|SCTP)\w*)")
_SERVICE_LINK_MEND = "comes from a Kubernetes Service called switchyard; set enableServiceLinks: false in the pod"

SignatureScheme = Literal["standard", "legacy", "v2"]


class SettingsError(Exception):
    """Settings that can not be used.

    Attributes:
        faults: one sentence each: the variable, its value unless secret, and what would be right.
    """

    def __init__(self, faults: list[str]) -> None:
        """Keep the faults apart, for a caller that lays them out its own way."""
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(ChannelSettings):
    """Every setting, by the name it has in `switchyard.toml`; the environment has it in capitals after SWITCHYARD_.

    A description says what would be right, and completes the sentence "it must be …" in a fault.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    host: Host = Field(
        default="0.0.0.0",  # noqa: S104  # phones reach a laptop over the LAN; deployments put a proxy before it
        description="a host name or address to listen on, such as 127.0.0.1",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="a whole number from 1 to 65535")
    workers: int = Field(default=1, ge=1, le=64, description="a whole number of processes from 1 to 64")
    data_dir: LiteralPath = Field(default=Path("data"), description="the path of a directory; ~ is not expanded")
    redis_url: StoreUrl | None = Field(
        default=None,
        description="like redis://host:6379/0, rediss://, redis+cluster://, redis+sentinel://host:26379/service/0 or "
        "unix:///path, or unset for the embedded store",
    )
    base_url: Origin | None = Field(
        default=None, description="how phones reach us, like https://go.example.com: no path, query or login"
    )
    allowed_hosts: Annotated[tuple[Host, ...], Listed] = Field(
        default=(),
        description="names with commas between, without scheme or port, like go.example.com,text.acme.net",
    )
    secret_key: Annotated[SecretStr, Field(min_length=MIN_SECRET_KEY_LENGTH)] | None = Field(
        default=None, description=f"at least {MIN_SECRET_KEY_LENGTH} random characters, or unset to have one made"
    )
    admin_key: SecretWord | None = Field(
        default=None, description="the first admin's API key, or unset to have one made and printed once"
    )
    store_timeout_ms: int = Field(default=250, ge=10, le=10_000, description="milliseconds, 10 to 10000")
    log_format: Annotated[Literal["auto", "console", "json"], Word] = Field(
        default="auto", description="auto, console or json"
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Word] = Field(
        default="info", description="debug, info, warning or error"
    )
    hold_down_minutes: float = Field(
        default=10, ge=0, le=1440, description="minutes that a flag must last before people are prompted, 0 to 1440"
    )
    prompts_per_second: float = Field(
        default=1, gt=0, le=1000, description="prompts a second for each channel, above 0 and up to 1000"
    )
    prompted_people_per_hour: int = Field(
        default=30, ge=1, le=100_000, description="people an hour that a warm line may be sent, 1 to 100000"
    )
    linq_api_key: SecretWord | None = Field(default=None, description="a Linq API key")
    linq_base_url: Url | None = Field(default=None, description="an http or https URL without query or login")
    linq_webhook_secrets: Annotated[tuple[SecretWord, ...], Listed] = Field(
        default=(), description="webhook secrets with commas between"
    )
    linq_signatures: Annotated[tuple[Annotated[SignatureScheme, Word], ...], Listed] = Field(
        default=("standard",), min_length=1, description="one or more of standard, legacy and v2, with commas between"
    )
    linq_environments: Mapping[str, LinqTable] = Field(
        default_factory=dict, description="tables in switchyard.toml, such as [linq_environments.staging]"
    )

    def environments(self) -> Mapping[str, LinqEnvironment]:
        """Return the environments of the Linq account by our ids; production is always among them."""
        production = LinqEnvironment(
            id=PRODUCTION,
            name=PRODUCTION.capitalize(),
            api_key=self.linq_api_key,
            base_url=self.linq_base_url or DEFAULT_LINQ_URL,
            webhook_secrets=self.linq_webhook_secrets,
        )
        return name_environments(production, self.linq_environments)

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
    path, table = _read_file(environ, directory, faults)
    tables = read_tables(table.pop(TABLES, {}), path, faults)
    given = _read_values(path, table, faults) | _read_environ(environ, faults)
    try:
        settings = Settings.model_validate({name: entry.text for name, entry in given.items()} | {TABLES: tables})
    except ValidationError as error:
        wrong = {str(detail["loc"][0]) for detail in error.errors(include_input=False, include_url=False)}
        faults.extend(_describe(name, given[name]) for name in Settings.model_fields if name in wrong)
        raise SettingsError(faults) from None  # pydantic's own account would show values that may be secret
    faults += find_clashes(settings.environments().values()) + find_gaps(settings, _variable)
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
        elif name in FILE_ONLY:
            faults.append(f"{variable} can not be a variable: write {_mend(name)}.")
        elif name not in Settings.model_fields or variable != _variable(name):
            known = [name for name in (*Settings.model_fields, "config") if name not in FILE_ONLY]
            faults.append(f"{variable} is not a setting; {did_you_mean(name, known, _variable)}")
        elif environ[variable].strip() or name in _MUST_NOT_BE_EMPTY:
            given[name] = _Given(environ[variable])
    return given


def _read_file(environ: Mapping[str, str], directory: Path, faults: list[str]) -> tuple[Path, dict[str, object]]:
    named = environ.get(CONFIG_VARIABLE, "")
    path = directory / (named or CONFIG_NAME)
    try:
        return path, tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            faults.append(f"{CONFIG_VARIABLE}={named!r}: there is no such file; name one, or unset it.")
    except (OSError, ValueError) as error:  # a TOML fault names line and column, never a value
        reason = error.strerror if isinstance(error, OSError) else _first_words(error)
        faults.append(f"{CONFIG_VARIABLE}={str(path)!r}: the file can not be read: {reason}.")
    return path, {}


def _read_values(path: Path, table: Mapping[str, object], faults: list[str]) -> dict[str, _Given]:
    given = {}
    for name, value in table.items():
        place = f"{_variable(name)} ({name!r} in {path})"
        if name not in Settings.model_fields:
            faults.append(f"{place} is not a setting; {did_you_mean(name, Settings.model_fields)}")
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


def _mend(name: str) -> str:
    return Settings.model_fields[name].description or ""


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _first_words(error: ValueError) -> str:
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)

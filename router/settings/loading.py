"""Read the settings, once at start, from the environment and an optional `switchyard.toml`.

The environment wins over the file. An empty variable counts as unset, so `${X:-}` in a compose file works; only the two
keys that we would otherwise make ourselves must not be empty. All faults are found before the first is reported.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from router.settings.channels import find_gaps
from router.settings.linq import TABLES, did_you_mean, find_clashes, read_tables
from router.settings.settings import Settings

PREFIX = "SWITCHYARD_"
CONFIG_VARIABLE = "SWITCHYARD_CONFIG"
CONFIG_NAME = "switchyard.toml"

FILE_ONLY = frozenset({TABLES})

_TEST_PREFIX = "SWITCHYARD_TESTS_"  # the test command's own switches, which the servers it starts inherit
_MUST_NOT_BE_EMPTY = frozenset({"secret_key", "admin_key"})
_SHOWN_CHARACTERS = 80

# Kubernetes gives every pod variables named after each Service, and one called switchyard collides with ours.
_SERVICE_LINK = re.compile(r"SWITCHYARD_(?:SERVICE_(?:HOST|PORT)\w*|PORT_\d+_(?:TCP|UDP|SCTP)\w*)")
_SERVICE_LINK_FIX = "comes from a Kubernetes Service called switchyard; set enableServiceLinks: false in the pod"


class SettingsError(Exception):
    """Settings that cannot be used.

    Attributes:
        faults: one sentence each: the variable, its value unless secret, and what would be right.
    """

    def __init__(self, faults: list[str]) -> None:
        """Keep the faults apart, for a caller that lays them out its own way."""
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Given:
    """What the operator wrote for one setting, and in which file; None for the environment."""

    text: str
    file: Path | None = None


def load_settings(environ: Mapping[str, str], *, directory: Path) -> Settings:
    """Read the settings.

    Args:
        environ: the process's environment.
        directory: where `switchyard.toml` may be, and where relative paths start.

    Raises:
        SettingsError: names all faults, those of the file first.
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
        raise SettingsError(faults) from None  # pydantic's own message would show values that may be secret
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
            faults.append(f"{variable} {_SERVICE_LINK_FIX}.")
        elif name in FILE_ONLY:
            faults.append(f"{variable} cannot be a variable: write {_what_fits(name)}.")
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
        faults.append(f"{CONFIG_VARIABLE}={str(path)!r}: the file cannot be read: {reason}.")
    return path, {}


def _read_values(path: Path, table: Mapping[str, object], faults: list[str]) -> dict[str, _Given]:
    given = {}
    for name, value in table.items():
        place = f"{_variable(name)} ({name!r} in {path})"
        if name not in Settings.model_fields:
            faults.append(f"{place} is not a setting; {did_you_mean(name, Settings.model_fields)}")
        elif (text := _as_text(name, value)) is None:
            faults.append(f"{place}: it must be {_what_fits(name)}.")
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
        return f"{_variable(name)}={given.text!r} {_SERVICE_LINK_FIX}."
    place = f" ({name!r} in {given.file})" if given.file else ""
    return f"{_variable(name)}={_shown(name, given.text)}{place}: it must be {_what_fits(name)}."


def _shown(name: str, text: str) -> str:
    if "SecretStr" in repr(Settings.model_fields[name].annotation):  # alone, in a union or in a tuple
        return f"<hidden, {len(text)} characters>"
    shown = re.sub(r"//[^/]*@", "//<hidden>@", text)
    return repr(shown if len(shown) <= _SHOWN_CHARACTERS else shown[:_SHOWN_CHARACTERS] + "…")


def _what_fits(name: str) -> str:
    return Settings.model_fields[name].description or ""


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _first_words(error: ValueError) -> str:
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)

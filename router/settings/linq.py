"""The environments of a Linq account: each has a key, lines and webhooks of its own.

The first is called production and is set by LINQ_API_KEY and its neighbours. Each further one is a table of
`switchyard.toml`, `[linq_environments.staging]`, because a variable can hold only one value.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import combinations
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from router.settings.shapes import Listed, SecretWord, Url

TABLES = "linq_environments"
PRODUCTION = "production"
DEFAULT_LINQ_URL = "https://api.linqapp.com/api/partner"

ENVIRONMENT_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")  # as a pool's id: both stand in paths
_ID_FIX = "an environment's id must be 1 to 32 of a-z, 0-9 and inner dashes"
_MAX_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class LinqEnvironment:
    """One environment of the account.

    Attributes:
        id: ours; pools and the webhook's path name it.
        name: the provider's own; an event about a moved line gives it.
        api_key: None where we cannot call the provider, only receive its events.
        webhook_secrets: those in the settings; `linq subscribe` stores others.
    """

    id: str
    name: str
    api_key: SecretStr | None = None
    base_url: str = DEFAULT_LINQ_URL
    webhook_secrets: tuple[SecretStr, ...] = ()


class LinqTable(BaseModel):
    """One table of the file. A description completes the sentence "it must be …" in a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    api_key: SecretWord | None = Field(default=None, description="a Linq API key, in quotes")
    webhook_secrets: Annotated[tuple[SecretWord, ...], Listed] = Field(
        default=(), description="a list of webhook secrets, each in quotes"
    )
    name: Annotated[str, Field(min_length=1, max_length=_MAX_NAME_CHARACTERS)] | None = Field(
        default=None, description=f"what Linq calls the environment, 1 to {_MAX_NAME_CHARACTERS} characters"
    )
    base_url: Url | None = Field(default=None, description="an http or https URL without query or login")


def read_tables(raw: object, file: object, faults: list[str]) -> dict[str, LinqTable]:
    """Read all tables, and add a sentence to `faults` for each that cannot be used.

    Args:
        raw: what the file has under `linq_environments`.
        file: its name, for the faults.
        faults: the list to add to.
    """
    if not isinstance(raw, Mapping):
        faults.append(f"{TABLES!r} in {file}: it must be tables, such as [{TABLES}.staging].")
        return {}
    tables: dict[str, LinqTable] = {}
    for environment, table in raw.items():
        place = f"{TABLES}.{environment}"
        if not ENVIRONMENT_ID.fullmatch(environment):
            faults.append(f"{place!r} in {file}: {_ID_FIX}.")
        elif not isinstance(table, Mapping):
            faults.append(f"{place!r} in {file}: it must be a table.")
        elif environment == PRODUCTION and (rest := sorted(table.keys() - {"name"})):
            faults += [f"'{place}.{key}' in {file}: set 'linq_{key}' instead." for key in rest]
        else:
            read = _read_table(place, table, file, faults)
            tables |= {} if read is None else {environment: read}
    return tables


def name_environments(production: LinqEnvironment, tables: Mapping[str, LinqTable]) -> Mapping[str, LinqEnvironment]:
    """Return all environments by id. What a table leaves out is as in production, except key and secrets."""
    first = tables.get(PRODUCTION, LinqTable())
    found = {PRODUCTION: replace(production, name=first.name or production.name)}
    for environment, table in tables.items():
        if environment != PRODUCTION:
            found[environment] = LinqEnvironment(
                id=environment,
                name=table.name or environment.capitalize(),
                api_key=table.api_key,
                base_url=table.base_url or production.base_url,
                webhook_secrets=table.webhook_secrets,
            )
    return found


def find_clashes(environments: Iterable[LinqEnvironment]) -> list[str]:
    """Describe environments that share a key or a name; each must have its own."""
    faults = []
    for one, other in combinations(environments, 2):
        if one.api_key is not None and one.api_key == other.api_key:
            faults.append(f"Linq environments {one.id!r} and {other.id!r} have the same API key; each has its own.")
        if one.name.casefold() == other.name.casefold():
            faults.append(f"Linq environments {one.id!r} and {other.id!r} are both called {one.name!r}; rename one.")
    return faults


def did_you_mean(name: str, known: Iterable[str], show_name: Callable[[str], str] = repr) -> str:
    """Return how to fix a name that does not exist."""
    near = get_close_matches(name, known, n=1)
    return f"did you mean {show_name(near[0])}?" if near else "fix its name or remove it."


def _read_table(place: str, table: Mapping[str, object], file: object, faults: list[str]) -> LinqTable | None:
    fields = LinqTable.model_fields
    try:
        return LinqTable.model_validate(dict(table))
    except ValidationError as error:  # pydantic's own message would show values that may be secret
        wrong = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors(include_input=False, include_url=False))
    for key in wrong:
        where = f"'{place}.{key}' in {file}"
        if key in fields:
            faults.append(f"{where}: it must be {fields[key].description}.")
        else:
            faults.append(f"{where} is not a setting; {did_you_mean(key, fields)}")
    return None

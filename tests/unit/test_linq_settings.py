"""Environments of the Linq account: production from variables, others from tables, every fault with its fix."""

import re
from pathlib import Path

import pytest

from router.core.pool import is_pool_id
from router.settings.linq import DEFAULT_LINQ_URL, ENVIRONMENT_ID, PRODUCTION, LinqEnvironment
from router.settings.loading import SettingsError, load_settings
from router.settings.settings import Settings

CANARY = "canary-that-must-never-be-shown-0123456789"


def load(directory: Path, file: str, **given: str) -> Settings:
    """Load a file and variables."""
    (directory / "switchyard.toml").write_text(file)
    return load_settings({f"SWITCHYARD_{name}": value for name, value in given.items()}, directory=directory)


def faults_of(directory: Path, file: str, **given: str) -> list[str]:
    """Load bad settings, and return their faults without the file's path."""
    with pytest.raises(SettingsError) as caught:
        load(directory, file, **given)
    return [fault.replace(f" in {directory / 'switchyard.toml'}", "") for fault in caught.value.faults]


def revealed(environment: LinqEnvironment) -> tuple[str, str, str | None, str, list[str]]:
    """Format an environment, secrets included."""
    key = None if environment.api_key is None else environment.api_key.get_secret_value()
    secrets = [secret.get_secret_value() for secret in environment.webhook_secrets]
    return environment.id, environment.name, key, environment.base_url, secrets


def test_production_is_always_there() -> None:
    """Without any setting there is one environment, which has no key."""
    assert list(map(revealed, Settings().environments().values())) == [
        ("production", "Production", None, DEFAULT_LINQ_URL, [])
    ]


def test_a_table_is_an_environment(tmp_path: Path) -> None:
    """Omitted fields are as in production, except the key and the secrets; its name is its id with a capital."""
    file = """
    [linq_environments.staging]
    api_key = "key-2"
    webhook_secrets = ["whsec_a", "whsec_b"]

    [linq_environments.eu]
    name = "Europe"
    base_url = "https://eu.example/partner/"
    """
    settings = load(tmp_path, file, LINQ_API_KEY="key-1", LINQ_BASE_URL="https://api.example/partner")
    assert list(map(revealed, settings.environments().values())) == [
        ("production", "Production", "key-1", "https://api.example/partner", []),
        ("staging", "Staging", "key-2", "https://api.example/partner", ["whsec_a", "whsec_b"]),
        ("eu", "Europe", None, "https://eu.example/partner", []),
    ]


def test_production_may_be_called_otherwise(tmp_path: Path) -> None:
    """Production's table holds only the name; its key and secrets have one place each."""
    settings = load(tmp_path, '[linq_environments.production]\nname = "Live"', LINQ_API_KEY="key-1")
    assert revealed(settings.environments()[PRODUCTION])[:3] == ("production", "Live", "key-1")
    assert faults_of(tmp_path, '[linq_environments.production]\napi_key = "k"\nbase_url = "https://a.example"') == [
        "'linq_environments.production.api_key': set 'linq_api_key' instead.",
        "'linq_environments.production.base_url': set 'linq_base_url' instead.",
    ]


def test_every_fault_of_the_tables_is_reported_at_once(tmp_path: Path) -> None:
    """All faults are reported at once with those of other settings, each with its place and fix, never its value."""
    file = f"""
    wrokers = 2
    linq_api_key = "{CANARY}"

    [linq_environments]
    other = 7

    [linq_environments.Staging]

    [linq_environments.eu]
    api_key = 7
    apikey = "{CANARY}"
    webhook_secrets = [""]
    base_url = "{CANARY}"
    name = ""
    """
    faults = faults_of(tmp_path, file, PORT="0")
    assert faults == [
        "'linq_environments.other': it must be a table.",
        "'linq_environments.Staging': an environment's id must be 1 to 32 of a-z, 0-9 and inner dashes.",
        "'linq_environments.eu.api_key': it must be a Linq API key, in quotes.",
        "'linq_environments.eu.webhook_secrets': it must be a list of webhook secrets, each in quotes.",
        "'linq_environments.eu.name': it must be what Linq calls the environment, 1 to 80 characters.",
        "'linq_environments.eu.base_url': it must be an http or https URL without query or login.",
        "'linq_environments.eu.apikey' is not a setting; did you mean 'api_key'?",
        "SWITCHYARD_WROKERS ('wrokers') is not a setting; did you mean 'workers'?",
        "SWITCHYARD_PORT='0': it must be a whole number from 1 to 65535.",
    ]


@pytest.mark.parametrize("file", ["linq_environments = 1", "linq_environments = ['staging']"])
def test_what_is_no_table_is_a_fault(tmp_path: Path, file: str) -> None:
    """The fault shows how a table is written."""
    assert faults_of(tmp_path, file) == ["'linq_environments': it must be tables, such as [linq_environments.staging]."]


def test_the_tables_cannot_be_a_variable(tmp_path: Path) -> None:
    """The tables cannot be a variable, so the fault points to the file."""
    (fault,) = faults_of(tmp_path, "", LINQ_ENVIRONMENTS="staging")
    assert fault.startswith("SWITCHYARD_LINQ_ENVIRONMENTS cannot be a variable: write tables in switchyard.toml")


def test_one_key_is_one_environment(tmp_path: Path) -> None:
    """Two environments with the same key, or of the same name, could not be distinguished."""
    file = '[linq_environments.staging]\napi_key = "key-1"\n[linq_environments.test]\nname = "staging"\n'
    assert faults_of(tmp_path, file, LINQ_API_KEY="key-1") == [
        "Linq environments 'production' and 'staging' have the same API key; each has its own.",
        "Linq environments 'staging' and 'test' are both called 'Staging'; rename one.",
    ]


def test_no_secret_of_a_table_shows(tmp_path: Path) -> None:
    """Settings and environments can be printed."""
    file = f'[linq_environments.staging]\napi_key = "{CANARY}"\nwebhook_secrets = "{CANARY}"\n'
    settings = load(tmp_path, file)
    assert CANARY not in repr(settings) + str(settings.environments()) + str(settings.model_dump())


def test_signatures_are_a_list_of_three_words(tmp_path: Path) -> None:
    """Only Standard Webhooks is accepted by default; an empty list would refuse every delivery."""
    assert Settings().linq_signatures == ("standard",)
    assert load(tmp_path, "", LINQ_SIGNATURES="Standard, legacy").linq_signatures == ("standard", "legacy")
    for wrong in ("standard,v3", ","):
        (fault,) = faults_of(tmp_path, "", LINQ_SIGNATURES=wrong)
        assert re.fullmatch(r"SWITCHYARD_LINQ_SIGNATURES='.*': it must be one or more of standard, legacy .*\.", fault)


@pytest.mark.parametrize("text", ["a", "main-east", "a" * 32, "a" * 33, "-a", "a-", "A", "", "a_b", "0"])
def test_an_environment_is_named_like_a_pool(text: str) -> None:
    """Both appear in paths, and follow the same rule."""
    assert (ENVIRONMENT_ID.fullmatch(text) is not None) is is_pool_id(text)

"""What an operator may set: every setting with its default, its bounds, and what a fault says of it.

`router.settings.loading` reads them from the environment and `switchyard.toml`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SecretStr

from router.settings.channels import ChannelSettings
from router.settings.linq import DEFAULT_LINQ_URL, PRODUCTION, LinqEnvironment, LinqTable, name_environments
from router.settings.shapes import Host, Listed, LiteralPath, Origin, SecretWord, StoreUrl, Url, Word

MIN_SECRET_KEY_LENGTH = 32

SignatureScheme = Literal["standard", "legacy", "v2"]


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
    opened_wait_hours: float = Field(
        default=24, ge=0, le=720, description="hours until people who saw their new number are prompted, 0 to 720"
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

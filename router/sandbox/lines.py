"""What can happen to lines: they are assigned, released, moved and flagged, and they recover."""

from router.core.line import Reputation, Status
from router.sandbox import faults
from router.sandbox.line_bodies import (
    StatusChange,
    account_data,
    environment_subject,
    owned_data,
    status_data,
)
from router.sandbox.records import HOME, Kind, SandboxLine
from router.sandbox.world import World


def add_line(
    world: World, *, number: str | None = None, kind: Kind = "iMessage", now_ns: int, quietly: bool
) -> SandboxLine:
    """Give the account a line: this number, or the next free one. With `quietly` no event is sent.

    Raises:
        LinqFault: the account has this number already.
    """
    number = number or world.next_number()
    if number in world.lines:
        raise faults.conflict(f"{number} is a line already")
    line = SandboxLine(id=world.new_id(), number=number, kind=kind)
    world.lines[number] = line
    if not quietly:
        world.emit("phone_number.assigned", owned_data(number, now_ns=now_ns), line=number, now_ns=now_ns)
    return line


def release_line(world: World, line: SandboxLine, *, now_ns: int) -> None:
    """Take a line away from the account."""
    del world.lines[line.number]
    world.emit("phone_number.released", owned_data(line.number, now_ns=now_ns), line=line.number, now_ns=now_ns)


def move_line(world: World, line: SandboxLine, environment: str, *, now_ns: int) -> None:
    """Move a line to another environment. The API key reaches only lines in HOME."""
    came_from, line.environment = line.environment, environment
    data = account_data(
        f"{line.number} moved to {environment}",
        now_ns=now_ns,
        by_api=False,
        phone_number=line.number,
        change={"from": environment_subject(came_from), "to": environment_subject(environment)},
    )
    world.emit("environment.line_moved", data, line=line.number, now_ns=now_ns)


def set_health(
    world: World,
    line: SandboxLine,
    *,
    status: Status | None = None,
    reputation: Reputation | None = None,
    now_ns: int,
) -> None:
    """Change a line's status, reputation, both or neither: the provider reports no-ops too."""
    change = StatusChange(
        number=line.number,
        old_status=line.status,
        new_status=status or line.status,
        old_reputation=line.reputation,
        new_reputation=reputation or line.reputation,
        changed_ns=now_ns,
    )
    line.status, line.reputation = change.new_status, change.new_reputation
    if line.environment == HOME:
        data = status_data(change, world.behaviour.status_body)
        world.emit("phone_number.status_updated", data, line=line.number, now_ns=now_ns)


def forward_line(world: World, line: SandboxLine, number: str | None, *, now_ns: int) -> None:
    """Set or clear the number to which a line's calls are forwarded."""
    old, line.forwarding_number = line.forwarding_number, number or None
    data = account_data(
        "Forwarding number changed",
        now_ns=now_ns,
        by_api=True,
        phone_number=line.number,
        change={"from": old, "to": line.forwarding_number},
    )
    world.emit("phone_number.forwarding_updated", data, line=line.number, now_ns=now_ns)

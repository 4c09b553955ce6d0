"""The greeting of `switchyard serve`."""

import sys
from functools import partial
from pathlib import Path

from rich.console import Console


def greet(base_url: str, admin_key: str | None) -> None:
    """Print where the gateway answers and, on the first start, the admin key and what to do next."""
    show = partial(Console(highlight=False, soft_wrap=True).print)
    show(f"\n[bold]Switchyard[/] answers on [bold]{base_url}[/]  (API: {base_url}/schema)")
    if admin_key is None:
        show("List its pools: [bold]switchyard pools list[/]\n")
        return
    show(f"\nYour admin key, shown this once:  [bold]{admin_key}[/]")
    show("\nNext, in another terminal, in this folder:")
    command = Path(sys.executable).parent / "switchyard"
    here = Path.cwd()
    shown = command.relative_to(here) if command.is_relative_to(here) else "switchyard"
    show(f'  {shown} pools create main --name "Acme"')
    for last in (1, 2, 3):
        show(f"  {shown} lines add +1202555010{last}        [dim]# your own numbers[/]")
    show(f"\nThen open [bold]{base_url}/j/main[/] on this machine, and on a phone in the same network.\n")

"""The command `switchyard`: its groups of commands, and how an error becomes one line and an exit code.

0 is done; 1 is a refusal or a failure; 2 is a command or an input that cannot be used as it is. Results go to stdout,
everything else to stderr.
"""

import sys
from importlib.metadata import version

import typer

from router.cli import campaigns, capacity, channels, keys, lines, linq, pools, serve, signups, webhooks
from router.cli.events import events
from router.cli.explain import explain
from router.cli.funnel import funnel
from router.cli.mcp.command import mcp
from router.cli.sandbox import sandbox
from router.cli.simulate import simulate
from router.core.errors import InvalidInput, SwitchyardError
from router.demo.command import demo
from router.settings.loading import SettingsError
from router.settings.secret_key import SecretKeyError

FAILED = 1
UNUSABLE = 2

app = typer.Typer(
    name="switchyard",
    help="Send each web signup to a phone line that can take it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # a usage fault is then plain lines, which scripts can read
)
serve.register(app)
app.add_typer(pools.app, name="pools")
app.add_typer(lines.app, name="lines")
app.add_typer(campaigns.app, name="campaigns")
app.add_typer(channels.app, name="channels")
app.add_typer(capacity.app, name="capacity")
app.add_typer(signups.app, name="signups")
app.add_typer(linq.app, name="linq")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(keys.app, name="keys")
app.command("explain")(explain)
app.command("funnel")(funnel)
app.command("simulate")(simulate)
app.command("events")(events)
app.command("mcp")(mcp)
app.command("sandbox")(sandbox)
app.command("demo")(demo)


@app.command("version")
def show_version() -> None:
    """Print the version."""
    print(version("switchyard"))


def run_command() -> int:
    """Run the command that this process was started with, and return its exit code."""
    try:
        app()
    except SettingsError as error:
        for fault in error.faults:
            _report("settings", fault)
        return UNUSABLE
    except SecretKeyError as error:
        _report("secret_key", str(error))
        return FAILED
    except SwitchyardError as error:
        _report(error.code, str(error))
        return UNUSABLE if isinstance(error, InvalidInput) else FAILED
    return 0


def _report(code: str, message: str) -> None:
    print(f"error[{code}]: {message}", file=sys.stderr)

"""The server: its tools, and the pages of the guide as resources."""

from importlib.metadata import version
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.resources import Resource, TextResource

from router.assets import docs_dir
from router.cli.mcp.acting import CampaignActs, LineActs
from router.cli.mcp.arguments import READS, tool_of
from router.cli.mcp.desk import Desk
from router.cli.mcp.reading import CampaignReading, GuideReading, PoolReading
from router.manual.pages import Manual, read_manual
from router.settings.settings import Settings

_INSTRUCTIONS = """Switchyard gives each person who signs up on a website a phone line to text. These tools show its
pools, lines, capacity and campaigns as they are now. Call explain before you say why a line gets few or many people,
and guide before you name a command, a setting or a field. Numbers are E.164."""
_ONLY_READS = (
    "\nNo tool here changes anything. To change something, name the `switchyard` command that a person can run."
)
_ACTS = """
Some tools here act on real lines and real people. Ask the person before you call one, and give their reason. Do not
repeat a refused act with force unless the person has read the refusal and says so."""


def make_server(settings: Settings, *, allow_acts: bool) -> MCPServer[Any]:
    """Make the server; its tools act only if allowed."""
    desk, manual = Desk(settings), read_manual(docs_dir())
    reading = (PoolReading(desk), CampaignReading(desk), GuideReading(manual))
    tools = [tool_of(work, READS) for subject in reading for work in subject.tools]
    if allow_acts:
        tools += [
            tool_of(work, hints) for subject in (LineActs(desk), CampaignActs(desk)) for work, hints in subject.tools
        ]
    return MCPServer(
        "switchyard",
        title="Switchyard",
        version=version("switchyard"),
        instructions=_INSTRUCTIONS + (_ACTS if allow_acts else _ONLY_READS),
        tools=tools,
        resources=_resources(manual),
        log_level="WARNING",
    )


def _resources(manual: Manual) -> list[Resource]:
    return [
        TextResource(
            uri=f"switchyard://docs/{page.name or 'guide'}",
            name=page.name or "guide",
            title=page.title,
            description=page.about or None,
            mime_type="text/markdown",
            text=manual.text_of(page),
        )
        for page in [manual.pages[""], *manual.guide, manual.pages["glossary"]]
    ]

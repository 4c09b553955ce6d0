"""`switchyard mcp` as a language model's client meets it: the official client starts it and speaks over its pipes."""

import json
import os
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import TextContent

from tests.kit.gateways import SWITCHYARD, RunningGateway
from tests.kit.sample_pools import SamplePool

READING = {"pools", "lines", "line", "explain", "capacity", "trial", "route", "events", "guide"}
READING |= {"campaigns", "campaign", "campaign_preview"}
ACTING = {"drain_line", "resume_line", "maintain_line", "flag_line", "unflag_line", "set_weight"}
ACTING |= {"start_campaign", "pause_campaign", "resume_campaign", "cancel_campaign"}


@asynccontextmanager
async def model(
    data_dir: Path, *words: str, base_url: str = "", complaints: Path | None = None
) -> AsyncIterator[Client]:
    """Start the server on the store of a gateway, as a model's client does."""
    environ = {"SWITCHYARD_DATA_DIR": str(data_dir), "SWITCHYARD_STORE_TIMEOUT_MS": "5000"}
    if base_url:
        environ["SWITCHYARD_BASE_URL"] = base_url
    start = StdioServerParameters(command=str(SWITCHYARD), args=["mcp", *words], env=environ, cwd=data_dir)
    with (complaints or Path(os.devnull)).open("w") as errors:
        async with Client(stdio_client(start, errlog=errors)) as client:
            yield client


async def ask(client: Client, tool: str, **arguments: Any) -> Any:
    """Call a tool that succeeds, and return what it answers."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    answer = result.structured_content or {}
    return answer.get("result", answer)


async def refusal(client: Client, tool: str, **arguments: Any) -> str:
    """Call a tool that refuses, and return what the model reads."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, result.structured_content
    (said,) = result.content
    assert isinstance(said, TextContent)
    return said.text


async def test_by_default_no_tool_changes_anything(gateway: RunningGateway) -> None:
    """The list holds tools that read, each marked so, with words for the model, and a place for each argument."""
    async with model(gateway.data_dir) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == READING
        for tool in tools:
            assert tool.annotations is not None
            assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)
            assert tool.description
            assert tool.input_schema["additionalProperties"] is False
            arguments = tool.input_schema["properties"]
            assert [name for name, one in arguments.items() if not one.get("description")] == []
        assert "No tool here changes anything" in (client.instructions or "")
        assert await refusal(client, "drain_line", number="+12025550101", reason="x") == "Unknown tool: drain_line"


async def test_a_tool_answers_what_the_api_answers(pool: SamplePool) -> None:
    """Every field is the API's, so a model sees no more of a person than a back end with a viewer's key."""
    pool.sign_up("u-1")
    number, other, _ = pool.numbers
    at, line = f"/pools/{pool.id}", f"/pools/{pool.id}/lines/{number}"
    pool.gateway.api("POST", f"{line}/drain", json={"reason": "a test"})
    campaign = pool.gateway.api("POST", f"{line}/campaign", json={"reason": "a test"}).json()["id"]
    pool.gateway.api("POST", f"/campaigns/{campaign}/pause", json={"reason": "a test"})
    mine: dict[str, Any] = {"pool": pool.id}
    async with model(pool.gateway.data_dir, base_url=pool.gateway.base_url) as client:
        for tool, arguments, path in (
            ("lines", mine, f"{at}/lines"),
            ("lines", mine | {"with_retired": True}, f"{at}/lines?with_retired=true"),
            ("line", mine | {"number": other}, f"{at}/lines/{other}"),
            ("explain", mine, f"{at}/explain"),
            ("capacity", mine | {"demand": 500}, f"{at}/capacity?demand=500"),
            ("trial", mine | {"count": 50}, f"{at}/trial?count=50"),
            ("route", mine | {"user": "u-1"}, f"{at}/users/u-1/route"),
            ("events", mine | {"about": "people", "limit": 5}, f"{at}/events?about=people&limit=5"),
            ("campaigns", mine | {"live": True}, f"/campaigns?pool={pool.id}&live=true"),
            ("campaign", {"campaign": campaign}, f"/campaigns/{campaign}"),
            ("campaign_preview", mine | {"number": number}, f"{line}/campaign-preview"),
        ):
            assert await ask(client, tool, **arguments) == pool.gateway.api("GET", path).json(), tool
        assert pool.id in [one["id"] for one in await ask(client, "pools")]


async def test_an_act_needs_leave_and_a_reason(pool: SamplePool) -> None:
    """With --allow-acts a model may act; a reason is asked for each time, and is stored."""
    number, mine = pool.numbers[0], {"pool": pool.id}
    async with model(pool.gateway.data_dir, "--allow-acts") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == READING | ACTING
        for name in ACTING:
            assert "reason" in tools[name].input_schema["required"]
            hints = tools[name].annotations
            assert hints is not None
            assert hints.read_only_hint is False
        for name, state in (("drain_line", "drain"), ("maintain_line", "maint"), ("resume_line", "ready")):
            now = await ask(client, name, number=number, reason=f"{name} by a test", **mine)
            assert (now["operator_state"], now["reason"]) == (state, f"{name} by a test")
        assert (await ask(client, "flag_line", number=number, reason="a test", **mine))["gate"] == "flagged"
        await ask(client, "unflag_line", number=number, reason="a test", **mine)
        assert (await ask(client, "set_weight", number=number, weight=7, reason="a test", **mine))["weight"] == 7
        await ask(client, "drain_line", number=number, reason="a test", **mine)
        campaign = (await ask(client, "start_campaign", number=number, reason="a test", **mine))["id"]
        for name, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
            now = await ask(client, f"{name}_campaign", campaign=campaign, reason="a test")
            assert (now["state"], now["why"]) == (state, "a test")


async def test_a_call_that_cannot_be_used_changes_nothing(pool: SamplePool) -> None:
    """Each refusal says which argument is at fault or what is missing; a misspelt argument is refused too."""
    number, mine = pool.numbers[0], {"pool": pool.id}
    good = mine | {"number": number, "reason": "a test"}
    async with model(pool.gateway.data_dir, "--allow-acts") as client:
        assert (await ask(client, "drain_line", **good))["reason"] == "a test"
        await ask(client, "resume_line", **good)
        before = pool.gateway.api("GET", f"/pools/{pool.id}/lines").json()
        for tool, arguments, words in (
            ("drain_line", mine | {"number": number}, "reason\n  Field required"),
            ("drain_line", good | {"reason": ""}, "reason\n  String should have at least 1 character"),
            ("drain_line", good | {"reason": "  "}, "invalid_field: reason"),
            ("drain_line", good | {"reason": "x" * 201}, "reason\n  String should have at most 200 characters"),
            ("drain_line", good | {"pol": pool.id}, "pol\n  Extra inputs are not permitted"),
            ("drain_line", good | {"number": "12"}, "invalid_number: "),
            ("drain_line", good | {"number": "+12025559999"}, "not_found: "),
            ("drain_line", good | {"pool": "nowhere"}, "not_found: "),
            ("set_weight", good | {"weight": 1001}, "weight\n  Input should be less than or equal to 1000"),
            ("set_weight", good | {"weight": 5, "reason": " "}, "invalid_field: reason"),
            ("set_weight", good, "weight\n  Field required"),
            ("cancel_campaign", {"campaign": "x", "reason": "a test"}, "invalid_field: campaign: 'x' is no campaign"),
            ("route", mine | {"user": "nobody"}, "not_found: "),
            ("events", mine | {"before": "x"}, "before\n  String should match pattern"),
            ("capacity", mine | {"demand": -1}, "demand\n  Input should be greater than or equal to 0"),
            ("guide", {"page": "guide/nothing"}, "not_found: The guide has no page 'guide/nothing'"),
        ):
            said = await refusal(client, tool, **arguments)
            assert words in said, (tool, arguments, said)
        assert pool.gateway.api("GET", f"/pools/{pool.id}/lines").json() == before


async def test_the_guide_is_there_to_read(gateway: RunningGateway) -> None:
    """A model lists the pages, reads one by a tool, and finds the same text as a resource."""
    async with model(gateway.data_dir) as client:
        assert "- [The API](/docs/guide/api.md): " in await ask(client, "guide")
        text = await ask(client, "guide", page="guide/api")
        assert text.startswith("# The API\n")
        assert await ask(client, "guide", page="/docs/guide/api.md") == text
        resources = {str(resource.uri): resource for resource in (await client.list_resources()).resources}
        assert resources["switchyard://docs/guide/api"].mime_type == "text/markdown"
        (content,) = (await client.read_resource("switchyard://docs/guide/api")).contents
        assert content.model_dump()["text"] == text


async def test_without_a_running_gateway_it_reads_the_data_and_lets_a_gateway_start(tmp_path: Path) -> None:
    """Between two calls the store is free; nothing but the protocol is on stdout, and no data is on stderr."""
    complaints = tmp_path / "complaints.txt"
    async with model(tmp_path, complaints=complaints) as client:
        assert await ask(client, "pools") == []
        assert "There is no pool yet" in await refusal(client, "lines")
        made = await _run(tmp_path, "pools", "create", "main", "--name", "Acme")
        assert made["id"] == "main"
        assert await ask(client, "lines") == []
        await _run(tmp_path, "pools", "create", "second", "--name", "Acme")
        assert "invalid_field: pool: there are several, name one of main, second" in await refusal(client, "explain")
    assert complaints.read_text() == ""


async def _run(data_dir: Path, *words: str) -> Any:
    environ = dict(os.environ) | {"SWITCHYARD_DATA_DIR": str(data_dir)}
    process = await create_subprocess_exec(SWITCHYARD, *words, "--json", cwd=data_dir, env=environ, stdout=PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(said)

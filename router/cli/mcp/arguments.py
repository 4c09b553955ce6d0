"""Arguments that several tools take, and how a function becomes a tool."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations
from pydantic import ConfigDict, Field, create_model

from router.core.lines.line_rules import MAX_REASON_CHARACTERS

PoolName = Annotated[str | None, Field(description="Id of the pool; not needed where there is only one.")]
Number = Annotated[str, Field(description="The line's number, like +12025550101.", max_length=20)]
CampaignId = Annotated[str, Field(description="Id of the campaign.", max_length=200)]
Why = Annotated[
    str,
    Field(description="Why. It is stored and shown to people.", min_length=1, max_length=MAX_REASON_CHARACTERS),
]
Force = Annotated[bool, Field(description="Do it even where it would be refused. Show the refusal to a person first.")]

READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
ACTS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
HARMS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)


def tool_of(work: Callable[..., Awaitable[Any]], hints: ToolAnnotations) -> Tool:
    """Make a tool of a function: its name, its docstring and its arguments.

    The SDK drops an argument that it does not know. Ours is refused: an act with a misspelt `pool` or `force` would be
    another act.
    """
    tool = Tool.from_function(work, annotations=hints)
    metadata = tool.fn_metadata
    strict = create_model(metadata.arg_model.__name__, __base__=metadata.arg_model)
    strict.model_config = metadata.arg_model.model_config | ConfigDict(extra="forbid")
    strict.model_rebuild(force=True)
    return tool.model_copy(
        update={
            "fn_metadata": metadata.model_copy(update={"arg_model": strict}),
            "parameters": strict.model_json_schema(by_alias=True),
        }
    )

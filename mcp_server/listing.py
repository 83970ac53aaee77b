"""The list of tools as clients see it: the stable ones first, then published ones, paged and capped."""

from __future__ import annotations

from dataclasses import dataclass, field

import mcp_types as types

from domain.tool import Tool
from mcp_server.cursors import cursor_of, position_of
from mcp_server.meta_tools import META_TOOLS
from school.app import School

PAGE = 50  # tools a page


@dataclass
class Listing:
    """Keeps the list of one owner until the set of published tools changes."""

    school: School
    owner: str = "local"
    _generation: int = -1
    _tools: list[types.Tool] = field(default_factory=list)

    def page(self, cursor: str | None) -> types.ListToolsResult:
        """Return one page, with a cursor to the next one.

        Raises:
            MCPError: the cursor is not one of ours.
        """
        start = position_of(cursor)
        tools = self.tools()
        following = start + PAGE
        return types.ListToolsResult(
            tools=tools[start:following], next_cursor=cursor_of(following) if following < len(tools) else None
        )

    def tools(self) -> list[types.Tool]:
        """Return all tools that are listed natively, read anew only after a change."""
        generation = self.school.registry.generation()
        if generation != self._generation:
            cap = self.school.settings.native_tools
            published = self.school.registry.tools(self.owner, limit=cap).entries if cap else ()
            self._tools = [*META_TOOLS, *(native(entry.tool) for entry in published)]
            self._generation = generation
        return self._tools


def native(tool: Tool) -> types.Tool:
    """Return a published tool as an MCP tool."""
    hints = tool.annotations
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=dict(tool.input_schema),
        output_schema=dict(tool.output_schema),
        annotations=types.ToolAnnotations(
            title=hints.title or tool.title,
            read_only_hint=hints.read_only_hint,
            destructive_hint=hints.destructive_hint,
            idempotent_hint=hints.idempotent_hint,
            open_world_hint=hints.open_world_hint,
        ),
    )

"""What the bundle and ``server.json`` say about this server, made from the code and the settings themselves.

Sources: MCPB manifest 0.4 (server type ``uv``: the client brings Python and the dependencies), and the schema of
``server.json`` of 2025-12-11.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from mcp_server.meta_tools import META_TOOLS
from school.settings import Settings

NAME = "agent-school"
TITLE = "Agent School"
SUMMARY = "Learns tools from websites and APIs, proves them, and calls them with no model in the loop."
ABOUT = (
    "Say what you want from a website or an API. Agent School looks at it, writes a small workflow, proves it in a "
    "sandbox on live data and publishes it as a tool. Its sandbox needs Linux with bubblewrap; elsewhere it refuses to "
    "run unless the missing mechanisms are allowed by name."
)
MANIFEST_VERSION = "0.4"
SERVER_SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
NAMESPACE = "local.agent-school"  # a registry asks for a namespace of its publisher's own
USER_SETTINGS = {  # what a person may want to set in the client's own dialog
    "private_hosts": "Private hosts",
    "allow_weaker": "Missing sandbox mechanisms to allow",
}
PIN = re.compile(r"[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==[^\s;\\]+(\s*;[^\\]+)?", re.IGNORECASE)


def project_of(root: Path) -> dict[str, Any]:
    """Return the ``[project]`` table of the checkout."""
    with (root / "pyproject.toml").open("rb") as file:
        project: dict[str, Any] = tomllib.load(file)["project"]
    return project


def manifest(project: dict[str, Any]) -> dict[str, Any]:
    """Return the bundle's manifest. Settings that a person leaves empty keep their defaults."""
    environment = {f"AGENT_SCHOOL_{name.upper()}": f"${{user_config.{name}}}" for name in USER_SETTINGS}
    return {
        "manifest_version": MANIFEST_VERSION,
        "name": NAME,
        "display_name": TITLE,
        "version": project["version"],
        "description": SUMMARY,
        "long_description": ABOUT,
        "author": {"name": TITLE},
        "license": project["license"],
        "keywords": ["tools", "web", "api", "scraping", "automation"],
        "server": {
            "type": "uv",
            "entry_point": "main.py",
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--directory", "${__dirname}", "main.py", "serve"],
                "env": environment,
            },
        },
        "tools": [{"name": tool.name, "description": tool.title} for tool in META_TOOLS],
        "tools_generated": True,
        "prompts_generated": True,
        "user_config": {
            name: {
                "type": "string",
                "title": title,
                "description": _described(name),
                "required": False,
                "default": "",
            }
            for name, title in USER_SETTINGS.items()
        },
        "compatibility": {"platforms": ["linux", "darwin"], "runtimes": {"python": project["requires-python"]}},
    }


def server_json(project: dict[str, Any], *, sha256: str, url: str, namespace: str = NAMESPACE) -> dict[str, Any]:
    """Return ``server.json`` for a bundle that is downloaded from ``url`` and has this hash (hex)."""
    return {
        "$schema": SERVER_SCHEMA,
        "name": f"{namespace}/{NAME}",
        "title": TITLE,
        "description": SUMMARY,
        "version": project["version"],
        "packages": [
            {
                "registryType": "mcpb",
                "identifier": url,
                "version": project["version"],
                "fileSha256": sha256,
                "transport": {"type": "stdio"},
                "environmentVariables": _variables(),
            }
        ],
    }


def pinned(lock: str) -> list[str]:
    """Return the requirements of a lock file, each with its version and marker, without hashes."""
    lines = (line.strip().rstrip("\\").strip() for line in lock.splitlines())
    return [line for line in lines if PIN.fullmatch(line)]


def _variables() -> list[dict[str, Any]]:
    names = ("home", *USER_SETTINGS)
    plain = [{"name": f"AGENT_SCHOOL_{n.upper()}", "description": _described(n), "isRequired": False} for n in names]
    secret = [
        {"name": n.upper(), "description": _described(n), "isRequired": False, "isSecret": True}
        for n in ("openai_api_key", "anthropic_api_key")
    ]
    return [*plain, *secret]


def _described(name: str) -> str:
    return Settings.model_fields[name].description or name

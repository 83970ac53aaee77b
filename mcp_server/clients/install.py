"""Writing this server into a client's configuration, with a backup and without touching anything else in it.

What other programs wrote there stays byte for byte in the backup and value for value in the new file. A file that is
not understood is never written.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from domain.errors import UsageProblem
from domain.values import JsonObject, Value

SERVERS = "mcpServers"
NEW_FILE_MODE = 0o600  # other servers' secrets may come to stand in it


class ConfigRefused(UsageProblem):
    """A client's configuration cannot be read or written as it is."""

    code = "config_refused"


class ClientName(StrEnum):
    """The clients whose configuration is known."""

    CLAUDE_DESKTOP = "claude-desktop"
    CLAUDE_CODE = "claude-code"


class Installed(Value):
    """What was, or with a dry run would be, written."""

    config: Path
    entry: JsonObject
    change: Literal["added", "updated", "unchanged"]
    backup: Path | None = None
    written: bool


def entry_of(client: ClientName, *, root: Path, environment: dict[str, str]) -> JsonObject:
    """Return the entry of this server: this interpreter and this checkout."""
    entry: JsonObject = {"command": sys.executable, "args": [str(root / "main.py"), "serve"]}
    if client is ClientName.CLAUDE_CODE:
        entry = {"type": "stdio", **entry}
    return {**entry, "env": dict(environment)} if environment else entry


def config_path(client: ClientName, *, platform: str = sys.platform) -> Path:
    """Return where the client keeps its configuration on this machine.

    Sources: the clients' own documentation of ``claude_desktop_config.json`` and ``~/.claude.json``.
    """
    home = Path.home()
    if client is ClientName.CLAUDE_CODE:
        return home / ".claude.json"
    if platform == "darwin":
        folder = home / "Library" / "Application Support"
    elif platform == "win32":
        folder = Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming")
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    return folder / "Claude" / "claude_desktop_config.json"


def install(config: Path, name: str, entry: JsonObject, *, now: datetime, dry_run: bool = False) -> Installed:
    """Put an entry under a name into a configuration file; a file that was there is kept beside it first.

    What an entry of that name had beyond the new one, such as variables that a person added, stays.

    Raises:
        ConfigRefused: the file is no JSON object of the known shape, or cannot be written.
    """
    config = config.resolve()  # a link to a file elsewhere stays a link
    before = _read(config)
    whole = _parsed(config, before)
    servers = whole.get(SERVERS, {})
    if not isinstance(servers, dict):
        raise ConfigRefused(f"{config}: {SERVERS!r} is no object.", remedy="Mend the file, then try again.")
    old = servers.get(name)
    new = _merged(old, entry)
    change: Literal["added", "updated", "unchanged"] = "added" if old is None else "updated"
    if new == old:
        return Installed(config=config, entry=new, change="unchanged", written=False)
    if dry_run:
        return Installed(config=config, entry=new, change=change, written=False)
    text = json.dumps({**whole, SERVERS: {**servers, name: new}}, indent=2) + "\n"
    try:
        backup = None if before is None else _backup(config, before, now)
        _replace(config, text.encode("ascii"))
    except OSError as problem:
        raise ConfigRefused(
            f"{config} cannot be written: {problem.strerror}.", remedy="Check who owns the folder and the file."
        ) from problem
    return Installed(config=config, entry=new, change=change, backup=backup, written=True)


def _read(config: Path) -> bytes | None:
    try:
        return config.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise ConfigRefused(
            f"{config} cannot be read: {problem.strerror}.", remedy="Check who owns it, or name another with --config."
        ) from problem


def _parsed(config: Path, before: bytes | None) -> dict[str, Any]:
    if before is None or not before.strip():
        return {}
    remedy = "It was left as it is. Mend it, or move it away, then try again."
    try:
        whole = json.loads(before.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise ConfigRefused(f"{config} is no UTF-8 text.", remedy=remedy) from problem
    except (json.JSONDecodeError, RecursionError) as problem:
        place = f" (line {problem.lineno})" if isinstance(problem, json.JSONDecodeError) else ""
        raise ConfigRefused(f"{config} is no valid JSON{place}.", remedy=remedy) from problem
    if not isinstance(whole, dict):
        raise ConfigRefused(f"{config} holds no JSON object.", remedy=remedy)
    return whole


def _merged(old: object, entry: JsonObject) -> JsonObject:
    if not isinstance(old, dict):
        return entry
    kept, given = old.get("env"), entry.get("env")
    environment: JsonObject = {**(kept if isinstance(kept, dict) else {}), **(given if isinstance(given, dict) else {})}
    return {**old, **entry, **({"env": environment} if environment else {})}


def _backup(config: Path, before: bytes, now: datetime) -> Path:
    stamp = now.strftime("%Y%m%dT%H%M%S")
    number = 0
    while True:
        backup = config.with_name(f"{config.name}.backup-{stamp}{f'-{number}' if number else ''}")
        try:
            with backup.open("xb") as file:
                file.write(before)
        except FileExistsError:
            number += 1
            continue
        backup.chmod(stat.S_IMODE(config.stat().st_mode))
        return backup


def _replace(config: Path, text: bytes) -> None:
    """Write the whole file or nothing: a client that reads meanwhile sees the old one or the new one."""
    config.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(config.stat().st_mode) if config.exists() else NEW_FILE_MODE
    handle, name = tempfile.mkstemp(dir=config.parent, prefix=f".{config.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(config)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise

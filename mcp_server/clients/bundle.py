"""Building the Claude Desktop bundle (``.mcpb``) and the ``server.json`` that tells of it (MCP-9).

A bundle is a zip archive with a manifest. It carries the code and the pinned names of its dependencies; the client's
``uv`` installs them. The same code gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from domain.errors import SettingsProblem
from domain.values import Value
from mcp_server.clients.manifest import NAME, NAMESPACE, manifest, pinned, project_of, server_json

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("domain", "generators", "sandbox", "registry", "school", "mcp_server", "examples")
ALONE = ("main.py", "README.md", ".env.example")
LEFT_OUT = frozenset({"__pycache__"})
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can tell
READABLE = 0o644 << 16


class Built(Value):
    """Where the bundle and ``server.json`` are, and what the bundle holds."""

    bundle: Path
    server_json: Path
    sha256: str
    files: int
    size_bytes: int


def build(out: Path, *, namespace: str = NAMESPACE, url: str = "", root: Path = ROOT) -> Built:
    """Write ``agent-school-VERSION.mcpb`` and ``server.json`` into a folder.

    ``url`` is where the bundle will be downloaded from; its file name stands for it when there is none yet.

    Raises:
        SettingsProblem: the code is not a whole checkout, or the folder cannot be written.
    """
    if not all((root / name).exists() for name in (*ROOMS, *ALONE, "pyproject.toml", "requirements.lock")):
        raise SettingsProblem(
            "The bundle is built from a whole checkout.", remedy="Run main.py bundle inside the project's folder."
        )
    project = project_of(root)
    bundle = out / f"{NAME}-{project['version']}.mcpb"
    texts = {
        "manifest.json": json.dumps(manifest(project), indent=2, ensure_ascii=False) + "\n",
        "pyproject.toml": _pyproject(project, pinned((root / "requirements.lock").read_text(encoding="utf-8"))),
    }
    contents = {name: text.encode() for name, text in texts.items()}
    contents |= {str(path.relative_to(root)): path.read_bytes() for path in _files(root)}
    described = out / "server.json"
    try:
        out.mkdir(parents=True, exist_ok=True)
        _pack(bundle, contents)
        packed = bundle.read_bytes()
        sha256 = hashlib.sha256(packed).hexdigest()
        told = server_json(project, sha256=sha256, url=url or bundle.name, namespace=namespace)
        described.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise SettingsProblem(
            f"{out} cannot be written: {problem.strerror}.", remedy="Give another folder with --out."
        ) from problem
    return Built(bundle=bundle, server_json=described, sha256=sha256, files=len(contents), size_bytes=len(packed))


def _files(root: Path) -> Iterator[Path]:
    for name in ALONE:
        yield root / name
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.is_file() and not LEFT_OUT & set(path.relative_to(root).parts):
                yield path


def _pack(bundle: Path, contents: dict[str, bytes]) -> None:
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = READABLE
            archive.writestr(entry, contents[name])


def _pyproject(project: dict[str, object], requirements: list[str]) -> str:
    """Return what ``uv run`` reads: the project's name and its dependencies, each at the version of the lock."""
    lines = [
        "[project]",
        f'name = "{NAME}"',
        *(f"{key} = {json.dumps(project[key])}" for key in ("version", "requires-python")),
        "dependencies = [",
        *(f"    {json.dumps(each)}," for each in requirements),
        "]",
    ]
    return "\n".join(lines) + "\n"

"""The bundle for Claude Desktop and server.json: whole, repeatable, and valid by their own tools."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema_rs
import pytest
from mcp import Client, StdioServerParameters

from domain.errors import SettingsProblem
from mcp_server.clients.bundle import ALONE, ROOMS, Built, build
from mcp_server.clients.manifest import pinned
from mcp_server.meta_tools import META_TOOLS
from tests.conftest import Command, one_object
from tests.mcp_server.clients.official import BUNDLER, NODE, REASON, SERVER_SCHEMA
from tests.mcp_server.clients.server_schema import RULES
from tests.requirements import requirement


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("dist"))


def unpacked(built: Built, into: Path) -> Path:
    with zipfile.ZipFile(built.bundle) as archive:
        archive.extractall(into)
    return into


@requirement("MCP-9")
def test_one_command_builds_the_bundle_and_the_file_that_tells_of_it(command: Command, tmp_path: Path) -> None:
    url = "https://example.org/releases/agent-school.mcpb"
    done = one_object(
        command("bundle", "--out", str(tmp_path), "--namespace", "io.github.someone", "--url", url, "--json")
    )
    told = json.loads(Path(done["server_json"]).read_text())
    assert told["name"] == "io.github.someone/agent-school"
    assert told["packages"][0]["identifier"] == url
    packed = Path(done["bundle"]).read_bytes()
    assert told["packages"][0]["fileSha256"] == done["sha256"] == hashlib.sha256(packed).hexdigest()


@requirement("MCP-9")
def test_server_json_keeps_the_rules_of_its_schema(built: Built) -> None:
    told = json.loads(built.server_json.read_text())
    jsonschema_rs.validator_for(RULES).validate(told)


@pytest.mark.conformance
@pytest.mark.skipif(not SERVER_SCHEMA.exists(), reason=f"The schema's own file is {REASON}")
@requirement("MCP-9")
def test_server_json_is_valid_by_the_official_schema(built: Built) -> None:
    schema = json.loads(SERVER_SCHEMA.read_text())
    told = json.loads(built.server_json.read_text())
    assert schema["$id"] == told["$schema"]
    jsonschema_rs.validator_for(schema).validate(told)


@pytest.mark.conformance
@pytest.mark.skipif(not (NODE.exists() and BUNDLER.exists()), reason=f"The bundle's own tool is {REASON}")
@requirement("MCP-9")
def test_the_official_tool_finds_the_manifest_valid_and_reads_the_bundle(built: Built, tmp_path: Path) -> None:
    folder = unpacked(built, tmp_path / "bundle")
    for line in (["validate", str(folder / "manifest.json")], ["info", str(built.bundle)]):
        done = subprocess.run([str(NODE), str(BUNDLER), *line], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_manifest_is_of_the_kind_that_brings_its_own_python(built: Built, tmp_path: Path) -> None:
    told = json.loads((unpacked(built, tmp_path) / "manifest.json").read_text())
    assert told["manifest_version"] == "0.4"
    assert told["server"]["type"] == "uv"
    assert (tmp_path / told["server"]["entry_point"]).is_file()
    assert [tool["name"] for tool in told["tools"]] == [tool.name for tool in META_TOOLS]


@requirement("MCP-9")
async def test_the_unpacked_bundle_serves_a_client_by_itself(built: Built, tmp_path: Path) -> None:
    folder = unpacked(built, tmp_path / "bundle")
    line = json.loads((folder / "manifest.json").read_text())["server"]["mcp_config"]
    arguments = [part.replace("${__dirname}", str(folder)) for part in line["args"]]
    assert (line["command"], arguments[:3]) == ("uv", ["run", "--directory", str(folder)])
    # This interpreter has what the bundle's pyproject asks for; uv would install the same.
    parameters = StdioServerParameters(
        command=sys.executable,
        args=[str(folder / arguments[3]), *arguments[4:]],
        env={"PATH": "/usr/bin:/bin", "AGENT_SCHOOL_HOME": str(tmp_path / "home"), "AGENT_SCHOOL_PRIVATE_HOSTS": ""},
        cwd=str(folder),
    )
    async with Client(parameters) as client:
        assert {tool.name for tool in META_TOOLS} <= {tool.name for tool in (await client.list_tools()).tools}


def test_the_same_code_gives_the_same_bytes_and_no_file_of_this_machine(tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    for name in ROOMS:
        (root / name / "__pycache__").mkdir(parents=True)
        (root / name / "__init__.py").write_text(f'"""{name}"""')
        (root / name / "__pycache__" / "made.pyc").write_bytes(b"of this machine")
    for name in (*ALONE, ".env", "pyproject.toml", "requirements.lock"):
        (root / name).write_text("")
    (root / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\nlicense = "MIT"\nrequires-python = ">=3.11"\n')
    first = build(tmp_path / "one", root=root)
    for path in root.rglob("*.py"):
        path.touch()
    assert build(tmp_path / "two", root=root).sha256 == first.sha256
    with zipfile.ZipFile(first.bundle) as archive:
        own = {"manifest.json", "pyproject.toml", *ALONE, *(f"{name}/__init__.py" for name in ROOMS)}
        assert set(archive.namelist()) == own


def test_every_dependency_of_the_lock_is_pinned_in_the_bundle() -> None:
    one = "one==1.0 \\\n    --hash=sha256:aa\n    # via x\n"
    two = "two[http]==2.1 ; python_full_version < '3.13'\n"
    assert pinned(f"# made by hand\n{one}{two}") == ["one==1.0", two.strip()]


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="whole checkout"):
        build(tmp_path / "out", root=tmp_path)


def test_a_folder_that_cannot_be_written_is_told_of(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = command("bundle", "--out", str(tmp_path / "file"), "--json")
    assert done.returncode == 2
    assert "cannot be written" in one_object(done)["error"]["message"]

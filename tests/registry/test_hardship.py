"""A disk that is really full, and several processes that really race."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from registry import Registry, open_registry
from tests.registry.making import make_version
from tests.requirements import requirement

ROOT = Path(__file__).parents[2]

FILL_THE_DISK = """
import json, sys
from pathlib import Path
from domain.errors import ImportRefused, RegistryUnusable
from registry import open_registry
from tests.registry.making import make_version

folder = Path(sys.argv[1])
said = {}
with open_registry(folder / "r.db") as registry:
    first = registry.publish(make_version(), actor="ann")
    (folder / "filler").write_bytes(b"x" * 1_500_000)
    try:
        for number in range(20):
            registry.publish(make_version(code="# long\\n" * 50_000 + f"n = {number}\\n"), actor="ann")
    except RegistryUnusable as error:
        said["publish"] = [error.message.rpartition(": ")[2], error.remedy]
    kept = [entry.number for entry in registry.versions("list_concerts", "local")]
    said["intact"] = registry.tool("list_concerts", "local").number == kept[0] and kept[-1] == 1
    try:
        (folder / "more").write_bytes(b"x" * 5_000_000)
    except OSError:
        pass
    try:
        registry.export(folder / "tools.jsonl", "local", actor="ann")
    except (ImportRefused, RegistryUnusable) as error:
        said["export"] = type(error).__name__
    said["left"] = sorted(path.name for path in folder.iterdir() if "tools" in path.name)
    (folder / "filler").unlink()
    (folder / "more").unlink(missing_ok=True)
    said["after"] = registry.publish(make_version(code="after = 1\\n"), actor="ann").number == kept[0] + 1
print(json.dumps(said))
"""


@requirement("REG-1", "REG-2")
@pytest.mark.skipif(shutil.which("bwrap") is None, reason="the small disk is made by bubblewrap")
def test_a_disk_that_is_really_full_is_a_clear_error_and_nothing_is_lost(tmp_path: Path) -> None:
    disk = ["bwrap", "--dev-bind", "/", "/", "--size", "4000000", "--tmpfs", str(tmp_path)]
    done = subprocess.run(
        [*disk, sys.executable, "-c", FILL_THE_DISK, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said == {
        "publish": ["database or disk is full.", "Free disk space."],
        "intact": True,
        "export": "ImportRefused",
        "left": [],
        "after": True,
    }


RACE = """
import sys
from pathlib import Path
from domain.errors import IllegalMove
from registry import open_registry
from tests.registry.making import make_version

kind, number = sys.argv[3], int(sys.argv[4])
with open_registry(sys.argv[1], keys_folder=Path(sys.argv[2])) as registry:
    make_version()
    print("ready", flush=True)
    sys.stdin.readline()
    for turn in range(5):
        if kind == "publish":
            registry.publish(make_version(code=f"x = {number}, {turn}\\n"), actor=f"p{number}")
        elif kind == "learn":
            registry.publish(make_version("first_learnt", code="same = 1\\n"), actor=f"p{number}")
        else:
            try:
                registry.rollback("list_concerts", "local", actor=f"p{number}")
            except IllegalMove:
                pass
"""


@requirement("REG-2", "PROVE-6")
def test_processes_that_publish_roll_back_and_learn_at_once_leave_one_truth(
    registry: Registry, address: str, tmp_path: Path
) -> None:
    registry.publish(make_version(code="x = 'a'\n"), actor="ann")
    registry.publish(make_version(code="x = 'b'\n"), actor="ann")
    line = [sys.executable, "-c", RACE, address, str(tmp_path / "keys")]
    racers = [
        subprocess.Popen(
            [*line, kind, str(number)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for number, kind in enumerate(("publish", "publish", "rollback", "rollback", "learn", "learn"))
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == b"ready\n", racer.communicate()[1]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write(b"\n")
        racer.stdin.flush()
    for racer in racers:
        _, err = racer.communicate(timeout=90)
        assert racer.returncode == 0, err.decode()
    with open_registry(address, keys_folder=tmp_path / "keys") as after:
        entries = after.versions("list_concerts", "local")
        assert [entry.number for entry in entries] == list(range(12, 0, -1))
        assert [entry.status.value for entry in entries].count("published") == 1
        published = next(entry.number for entry in entries if entry.status.value == "published")
        assert after.tool("list_concerts", "local").number == published
        assert [entry.number for entry in after.versions("first_learnt", "local")] == [1]
        moves = [
            e.version for e in after.audit(tool="list_concerts", limit=1000) if e.action in ("publish", "rollback")
        ]
        assert moves[0] == published
        assert [e for e in after.audit(limit=1000) if e.outcome == "refused"] == []

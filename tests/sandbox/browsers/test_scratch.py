"""The folders of browsers: gone with their end, or at the next start when their process was killed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from domain.errors import IsolationMissing
from domain.policy import Policy
from sandbox import scratch
from sandbox.browsers import BrowserOptions, BrowserPool
from sandbox.egress_grants import Grant
from tests.requirements import requirement

pytestmark = requirement("BOX-6")
ROOT = Path(__file__).parents[3]
PYTHON = Path(sys.executable)
HOLD = """
import sys
from sandbox.scratch import Scratch
one = Scratch()
(one.path / 'x').write_text('x')
print(one.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let temporary files lie here, and folders be old at once."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(scratch, "_YOUNG_S", -1.0)
    return tmp_path


def _made(folder: Path) -> list[Path]:
    return list(folder.glob(scratch.PREFIX + "*"))


def test_the_folder_of_a_killed_process_goes_and_that_of_a_living_one_stays(folder: Path) -> None:
    command = [sys.executable, "-c", HOLD]
    holders = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]
    try:
        places = [Path(holder.stdout.readline().strip()) for holder in holders if holder.stdout is not None]
        holders[0].kill()
        holders[0].wait(timeout=10)
        assert scratch.sweep() == 1
        assert [place.exists() for place in places] == [False, True]
    finally:
        for holder in holders:
            holder.kill()
            holder.communicate(timeout=10)
    assert scratch.sweep() == 1
    assert list(folder.iterdir()) == []


def test_a_link_with_such_a_name_is_not_followed(folder: Path) -> None:
    kept = folder / "kept"
    kept.mkdir()
    (folder / f"{scratch.PREFIX}link").symlink_to(kept)
    assert scratch.sweep() == 0
    assert kept.is_dir()


def test_a_folder_that_was_just_made_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_YOUNG_S", 60.0)
    (folder / f"{scratch.PREFIX}new").mkdir()
    assert scratch.sweep() == 0


async def test_a_browser_that_cannot_start_leaves_no_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    async with BrowserPool(BrowserOptions(executable=PYTHON)) as pool:
        with pytest.raises(IsolationMissing):
            async with pool.context(Grant(Policy())):
                raise AssertionError("a browser without its box")
    assert _made(folder) == []


@pytest.mark.browser
async def test_a_browser_starts_where_the_path_of_temporary_files_is_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / ("n" * 60) / ("m" * 60)
    place.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    async with BrowserPool() as pool, pool.context(Grant(Policy())):
        assert len(_made(place)) == 1
    assert _made(place) == []


@pytest.mark.browser
async def test_a_start_that_nobody_waits_for_any_more_leaves_nothing(folder: Path) -> None:
    async with BrowserPool() as pool:

        async def use() -> None:
            async with pool.context(Grant(Policy())):
                raise AssertionError("the start was given up before")

        using = asyncio.ensure_future(use())
        while not _made(folder):
            await asyncio.wait({using}, timeout=0.01)
            assert not using.done(), using.exception()
        using.cancel()
        await asyncio.gather(using, return_exceptions=True)
    assert _made(folder) == []
    assert not pool.running

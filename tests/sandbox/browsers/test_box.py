"""Which browser is started, and what its box is made of."""

from __future__ import annotations

import pytest

from domain.errors import IsolationMissing
from sandbox.browsers_box import build, find_browser
from tests.requirements import requirement


def executable(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def test_the_setting_comes_first_then_the_path_then_playwrights_own(machine):
    own = executable(machine / "home/.cache/ms-playwright/chromium_headless_shell-1/chrome-linux/headless_shell")
    assert find_browser(None) == own
    full = executable(machine / "bin/chromium")
    assert find_browser(None) == full
    shell = executable(machine / "bin/chromium-headless-shell")
    assert find_browser(None) == shell
    assert find_browser(full) == full


@requirement("BOX-7")
def test_a_machine_without_browser_or_bubblewrap_is_told_what_to_install(machine):
    with pytest.raises(IsolationMissing, match="No Chromium"):
        find_browser(None)
    with pytest.raises(IsolationMissing, match="bubblewrap"):
        build(machine / "bin/chromium", machine)


@requirement("BOX-5")
def test_the_box_has_no_network_no_environment_and_dies_with_its_parent(machine):
    executable(machine / "bin/bwrap")
    script = build(executable(machine / "bin/chromium"), machine).script.read_text()
    for part in ("--unshare-net", "--unshare-pid", "--clearenv", "--die-with-parent", "--cap-drop ALL"):
        assert part in script
    assert "--no-sandbox" not in script

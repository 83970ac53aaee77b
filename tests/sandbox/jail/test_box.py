from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import IsolationMissing
from sandbox import jail, seccomp, syscalls
from sandbox.seccomp import Profile
from tests.requirements import requirement

pytestmark = requirement("BOX-3")


def test_the_box_shows_python_and_our_two_packages_and_nothing_of_this_machine() -> None:
    command = jail.box(jail.this_machine())
    shown = [command[i + 1] for i, word in enumerate(command) if word in ("--ro-bind", "--bind", "--dev-bind")]
    assert "--bind" not in command
    assert not {"/", "/etc", "/home", "/root", "/proc", "/dev", "/tmp", "/run", "/var", str(jail.ROOT)} & set(shown)
    assert {str(jail.ROOT / name) for name in ("domain", "sandbox")} <= set(shown)
    assert {"--unshare-user", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"} <= set(command)
    assert command[command.index("--cap-drop") + 1] == "ALL"
    assert command[command.index("--uid") + 1] == jail.UNPRIVILEGED


def test_a_machine_without_bubblewrap_has_no_box(tmp_path: Path) -> None:
    with pytest.raises(IsolationMissing, match="bubblewrap"):
        jail.box(jail.this_machine(search_path=str(tmp_path)))


@pytest.mark.parametrize("machine", sorted(syscalls.NUMBERS))
@pytest.mark.parametrize("profile", ["http", "page"])
def test_the_filters_fit_every_machine(monkeypatch: pytest.MonkeyPatch, machine: str, profile: Profile) -> None:
    monkeypatch.setattr(seccomp, "machine", lambda: machine)
    for program in (seccomp.zygote_filter(profile), seccomp.child_filter(profile)):
        assert len(program) % 8 == 0
        assert len(program) // 8 < 256  # a jump reaches no further
    numbers = syscalls.NUMBERS[machine]
    assert len(set(numbers.values())) == len(numbers)

"""The control: escapes that the jail stops do work outside it, so the attack tests can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.jail.escapes import ESCAPES
from tests.attacks.jail.raw import PRELUDE, attack_code
from tests.requirements import requirement

# those that an ordinary process may do, on any machine, and that change nothing on it
POSSIBLE = (
    "read_a_file",
    "read_a_python_module",
    "read_its_own_memory_map",
    "list_the_root",
    "stat_a_folder",
    "start_a_thread",
    "run_a_shell",
    "run_a_program",
    "replace_the_process",
    "tcp_socket",
    "udp_socket",
    "unix_socket",
    "socket_pair",
    "pipe",
    "memory_file",
)


@requirement("BOX-3")
@pytest.mark.parametrize("name", POSSIBLE)
def test_an_escape_works_where_there_is_no_jail(name: str, tmp_path: Path) -> None:
    code = f"{attack_code(ESCAPES[name])}\nprint('got', attack())\n"
    assert code.startswith(PRELUDE)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    assert done.stdout.startswith(b"got ") or name == "replace_the_process"

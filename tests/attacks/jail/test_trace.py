"""What the kernel saw: over the whole set of attacks no child opened, connected, executed or made anything."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from sandbox import jail
from sandbox.runner import RunnerOptions, open_runner
from tests.attacks.jail.escapes import ESCAPES
from tests.attacks.jail.raw import attack_code, compile_unchecked, execute
from tests.requirements import requirement

WATCHED = (
    "open,openat,openat2,creat,connect,bind,listen,socket,socketpair,execve,execveat,clone,clone3,fork,vfork,unshare,setns,"
    "mount,ptrace,kill,tkill,tgkill,pidfd_open,pidfd_getfd,process_vm_readv,memfd_create,io_uring_setup,bpf,userfaultfd,"
    "prctl,seccomp,sendmsg,recvmsg"
)
LINE = re.compile(r"^(?P<pid>\d+) +(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+|\?)")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@requirement("BOX-3")
async def test_the_kernel_saw_no_child_succeed(tmp_path: Path) -> None:
    log = tmp_path / "trace"
    machine = jail.this_machine()
    wrapper = tmp_path / "bwrap"
    strace = shutil.which("strace")
    wrapper.write_text(
        f'#!/bin/sh\ncase "$*" in *zygote*) exec {strace} -f -qq -o {log} -e trace={WATCHED} {machine.bubblewrap} "$@";; '
        f'*) exec {machine.bubblewrap} "$@";; esac\n'
    )
    wrapper.chmod(0o755)
    traced = jail.Machine(bubblewrap=str(wrapper), python=machine.python, path=machine.path, readable=machine.readable)
    async with open_runner(RunnerOptions(machine=traced, spare=0), compiler=compile_unchecked) as runner:
        everything = "\n".join(_swallowed(body) for body in ESCAPES.values())
        run = await execute(runner, attack_code(everything + "\nreturn 'done'"))
        assert run.output is not None, run.error
        assert run.output["got"] == "'done'"
    succeeded = _successes_after_jailing(log.read_text())
    assert succeeded == []


def _successes_after_jailing(text: str) -> list[str]:
    """Return the watched calls that succeeded in a process after it had loaded its child's filter."""
    filters: dict[str, int] = defaultdict(int)
    seen: list[str] = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        pid, call, result = match["pid"], match["call"], match["result"]
        if filters[pid] and not result.startswith("-") and result != "?":
            seen.append(line)
        # a child is the one that loads a filter after die-with-parent; zygotes load theirs without
        if call == "seccomp" and result == "0" and pid in _children(text):
            filters[pid] += 1
    assert filters, "no child was seen"
    assert any(filters.values())
    return seen


def _children(text: str) -> set[str]:
    found = (match for match in map(LINE.match, text.splitlines()) if match is not None)
    return {m["pid"] for m in found if m["call"] == "prctl" and "PR_SET_PDEATHSIG" in m["arguments"]}


def _swallowed(body: str) -> str:
    indented = body.replace("\n", "\n        ")
    return f"try:\n    def one():\n        {indented}\n    one()\nexcept BaseException: pass"

"""What the kernel saw: over the whole set of attacks no child opened, connected, executed or made anything."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from sandbox import jail
from sandbox.runner import RunnerOptions, open_runner
from sandbox.seccomp import child_filter
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
        f'#!/bin/sh\ncase "$*" in *zygote*) exec {strace} -f -qq -o {log} -e trace={WATCHED} '
        f'{machine.bubblewrap} "$@";; '
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
    worn = f"len={len(child_filter('http')) // 8},"
    jailed: set[str] = set()
    seen: list[str] = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        if match["pid"] in jailed and not match["result"].startswith("-") and match["result"] != "?":
            seen.append(line)
        if match["call"] == "seccomp" and match["result"] == "0" and worn in match["arguments"]:
            jailed.add(match["pid"])
    assert jailed, "no child was seen"
    return seen


def _swallowed(body: str) -> str:
    indented = body.replace("\n", "\n        ")
    return f"try:\n    def one():\n        {indented}\n    one()\nexcept BaseException: pass"

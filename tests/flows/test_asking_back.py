"""A person at a real terminal is asked for what is lacking, and answers there."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests import prepared
from tests.conftest import ROOT
from tests.requirements import requirement

QUESTION = "Which site should answer this?"
WAIT_S = 60.0


@dataclass
class Terminal:
    """The person's side of a terminal."""

    process: subprocess.Popen[bytes]
    descriptor: int
    shown: str = ""

    def until(self, text: str) -> None:
        """Read until a text is shown; the end of the program before that is a failure."""
        while text not in self.shown:
            self.shown += self._read() or self._over(text)

    def type(self, line: str) -> None:
        os.write(self.descriptor, line.encode() + b"\n")

    def end(self) -> int:
        while more := self._read():
            self.shown += more
        return self.process.wait(WAIT_S)

    def _read(self) -> str:
        try:
            return os.read(self.descriptor, 4096).decode(errors="replace")
        except OSError:  # the program has closed its side
            return ""

    def _over(self, text: str) -> str:
        raise AssertionError(f"{text!r} was never shown, only: {self.shown}")


@contextmanager
def terminal(environment: dict[str, str], *arguments: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    line = [sys.executable, str(ROOT / "main.py"), *arguments]
    env = {**environment, "TERM": "dumb", "COLUMNS": "200"}
    process = subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True)
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait(WAIT_S)
        os.close(ours)


@requirement("PLAN-5")
def test_the_site_that_is_lacking_is_asked_for_and_the_answer_used(environment: dict[str, str]) -> None:
    with terminal(environment, "--query", "rare stamps") as person:
        person.until(QUESTION)
        person.type("http://127.0.0.1:9/stamps")
        assert person.end() == 1
    assert "source_unreachable" in person.shown


@requirement("PLAN-5")
def test_a_choice_can_be_taken_by_its_number(environment: dict[str, str]) -> None:
    add = ["sites", "add", "Gone", "--url", "http://127.0.0.1:9/stamps", "--answers", "stamps"]
    assert prepared.run(prepared.MAIN, *add, env=environment, timeout=WAIT_S).returncode == 0
    with terminal(environment, "--query", "rare stamps") as person:
        person.until("1. http://127.0.0.1:9/stamps")
        person.type("1")
        assert person.end() == 1
    assert "source_unreachable" in person.shown


@requirement("CLI-1")
def test_no_answer_ends_with_the_status_of_an_open_question(environment: dict[str, str]) -> None:
    with terminal(environment, "--query", "rare stamps") as person:
        person.until(QUESTION)
        person.type("")
        assert person.end() == 3

"""Recorded replies: the vendors' SDKs work as always, and what they send is answered from files.

A recording is a JSON line with the digest of what decides the answer (path, model, instructions,
messages, schema) and the vendor's whole answer. A request that was never recorded is an error that
names the prompt, never a guess.

``python -m generators.llm.replay FILE LABEL [NUMBER]`` prints one recorded reply in the form that a stand-in endpoint
takes by hand (``{"text": …}``).
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx2

_DECIDING = ("model", "instructions", "input", "messages", "system", "text", "response_format", "output_config")
_ECHOED = ("instructions", "text")
"""Parts in which one vendor repeats the whole request."""


class NotRecorded(LookupError):
    """No file holds an answer to this request."""


class ReplayTransport(httpx2.AsyncBaseTransport):
    """Answers from recordings. Several answers to one request are given in their order, the last one for good.

    Without ``exact`` only path and model decide, in the order of the recording: for conversations whose
    prompts carry what other parts render or what a run said, where the wording may change and the
    recorded answer still has to prove itself.
    """

    def __init__(self, files: Iterable[Path], *, exact: bool = True) -> None:
        self._answers: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._exact = exact
        self.asked = 0
        for file in files:
            for line in file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self._answers[row["digest"] if exact else f"{row['path']} {row['model']}"].append(row)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the recorded answer."""
        body = json.loads(await request.aread())
        path = request.url.path
        known = self._answers.get(digest(path, body) if self._exact else f"{path} {body.get('model')}")
        if not known:
            raise NotRecorded(f"no recorded answer at {path} for model {body.get('model')}: record it again")
        self.asked += 1
        row = known.pop(0) if len(known) > 1 else known[0]
        return httpx2.Response(row["status"], json=row["answer"], request=request)


class RecordingTransport(httpx2.AsyncBaseTransport):
    """Passes requests on and appends each exchange to a file, under a label for people."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, file: Path) -> None:
        self._inner = inner
        self._file = file
        self.label = ""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer of the inner transport, and keep it."""
        body = json.loads(await request.aread())
        response = await self._inner.handle_async_request(request)
        answer = json.loads(await response.aread())
        row = {
            "label": self.label,
            "path": request.url.path,
            "model": body.get("model"),
            "digest": digest(request.url.path, body),
            "status": response.status_code,
            "answer": {key: value for key, value in answer.items() if key not in _ECHOED},
        }
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        return httpx2.Response(response.status_code, json=answer, request=request)

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()


def digest(path: str, body: dict[str, Any]) -> str:
    """Return the hash of what decides an answer; bounds and bookkeeping are left out."""
    essence = {"path": path.removeprefix("/v1"), **{key: body[key] for key in _DECIDING if key in body}}
    return hashlib.sha256(json.dumps(essence, sort_keys=True).encode()).hexdigest()


def reply_text(answer: dict[str, Any]) -> str:
    """Return the text of a vendor's whole answer, whichever wire it came by."""
    if "choices" in answer:
        return str(answer["choices"][0]["message"]["content"])
    parts = answer["content"] if "content" in answer else [p for item in answer["output"] for p in item["content"]]
    return "".join(str(part["text"]) for part in parts)


def main(file: str, label: str, number: str = "1") -> None:
    """Print the reply with a label, the first or a later one."""
    rows = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]
    found = [row for row in rows if row["label"] == label]
    reply = {"text": reply_text(found[int(number) - 1]["answer"])}
    sys.stdout.write(json.dumps(reply, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

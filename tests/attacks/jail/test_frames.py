"""A child that lies on its descriptor: it can spoil its own call and nothing else."""

# ruff: noqa: E501 - one forgery a line reads best
from __future__ import annotations

import asyncio

import pytest

from domain.run import Outcome
from sandbox.runner import Runner
from tests.attacks.jail.raw import HARMLESS, execute
from tests.requirements import requirement

pytestmark = [pytest.mark.asyncio(loop_scope="module"), requirement("BOX-9")]

TOOLS = '''
import json, os, struct, sys
def number():
    """Find the call's own number where the child keeps it."""
    frame = sys._getframe()
    while "job" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["job"]["e"]
def frame(meta, body=b""):
    head = json.dumps(meta).encode()
    os.write(3, struct.pack("!II", len(head), len(body)) + head + body)
async def run(arguments, http):
'''
FORGED = '{"rows": [{"forged": true}], "count": 1, "truncated": false}'
FORGERIES = {
    "a result of the next call": f"for n in range(1, 50): frame({{'t': 'result', 'e': number() + n}}, b'{FORGED}')",
    "a result of an earlier call": f"frame({{'t': 'result', 'e': number() - 1}}, b'{FORGED}')",
    "a result without a number": f"frame({{'t': 'result'}}, b'{FORGED}')",
    "a question for another call": "frame({'t': 'http', 'e': number() + 1, 'id': 1, 'm': 'GET', 'u': 'x', 'h': []})",
    "a question without an id": "frame({'t': 'http', 'e': number(), 'm': 'GET'})",
    "a frame that is no JSON": "os.write(3, struct.pack('!II', 3, 0) + b'{{{')",
    "a frame that is no object": "os.write(3, struct.pack('!II', 2, 0) + b'[]')",
    "a frame of a type that is no text": "frame({'t': ['result'], 'e': number()})",
    "a frame with no type": "frame({'e': number()})",
    "meta that is nested without end": "os.write(3, struct.pack('!II', 20000, 0) + b'[' * 20000)",
    "a huge meta": "os.write(3, struct.pack('!II', 4_000_000_000, 0))",
    "a huge body": "os.write(3, struct.pack('!II', 2, 4_000_000_000) + b'{}')",
    "half a frame": "os.write(3, b'\\0\\0'); os._exit(0)",
    "a pickle": "os.write(3, struct.pack('!II', 30, 0) + b'\\x80\\x04cos\\nsystem\\n(S\"true\"\\ntR.'.ljust(30))",
    "a result nested without end": "frame({'t': 'result', 'e': number()}, b'[' * 900 + b']' * 900)",
    "rows nested without end": "frame({'t': 'result', 'e': number()}, b'{\"rows\":[' + b'[' * 90 + b']' * 90 + b']}')",
    "an infinite number": "frame({'t': 'result', 'e': number()}, b'{\"rows\":[{\"a\":1e999}]}')",
    "a number that is none": "frame({'t': 'result', 'e': number()}, b'{\"rows\":[{\"a\":NaN}]}')",
    "a number of a hundred thousand digits": "frame({'t': 'result', 'e': number()}, b'9' * 100000)",
    "half a letter": "frame({'t': 'result', 'e': number()}, b'{\"rows\":[\"' + bytes([92]) + b'ud800\"]}')",
    "half a letter in an error": "frame({'t': 'error', 'e': number(), 'kind': 'failed', 'name': chr(0xd800)})",
    "a result with a mark of its encoding": "frame({'t': 'result', 'e': number()}, bytes([0xef, 0xbb, 0xbf]) + b'{}')",
    "a result in two-byte letters": "frame({'t': 'result', 'e': number()}, '{}'.encode('utf-16'))",
    "a question of a page": "frame({'t': 'pw_page', 'e': number(), 'id': 1})",
    "two questions of one number": "[frame({'t': 'http', 'e': number(), 'id': 1, 'm': 'GET', 'u': 'x', 'h': []}) for _ in range(9)]",
    "ready once more": "frame({'t': 'ready'}); frame({'t': 'ready', 'e': number()})",
    "the end without a result": "frame({'t': 'fin', 'fin': True, 'e': number()})",
    "a number that is true": "frame({'t': 'result', 'e': True}, b'{}')",
    "a number with a point": "frame({'t': 'result', 'e': number() + 0.5}, b'{}')",
    "a number that is text": "frame({'t': 'result', 'e': str(number())}, b'{}')",
    "names of a prototype": "frame({'t': '__proto__', 'e': number(), '__class__': {}, 'constructor': 1})",
    "a body longer than told": "os.write(3, struct.pack('!II', 2, 1) + b'{}' + b'{}' * 3000)",
    "a head of nothing": "os.write(3, struct.pack('!II', 0, 0) * 1000)",
    "small pieces": "[os.write(3, b'\\0') for _ in range(7)]; os._exit(0)",
    "headers that are a map": "frame({'t': 'http', 'e': number(), 'id': 1, 'm': 'GET', 'u': 'http://x/', 'h': {'a': 'b'}}); frame({'t': 'error', 'e': number()})",
    "an endless id": "frame({'t': 'http', 'e': number(), 'id': 10 ** 30, 'm': 'GET', 'u': 'x', 'h': []})",
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_frame_spoils_its_own_call_alone(runner: Runner, name: str) -> None:
    body = f"    {FORGERIES[name]}\n    import time; time.sleep(0.2)\n    raise ValueError"
    forged, *others = await asyncio.gather(
        execute(runner, TOOLS + body), *(execute(runner, HARMLESS, arguments={"mine": n}) for n in range(4))
    )
    assert forged.outcome in (Outcome.KILLED, Outcome.FAILED, Outcome.INVALID)
    assert forged.model_dump_json()  # what every door of the server does with it
    assert forged.output is None
    assert [run.rows for run in others] == [[{"mine": n}] for n in range(4)]
    assert (await execute(runner, HARMLESS, arguments={"after": name})).rows == [{"after": name}]


async def test_a_child_may_forge_its_own_result_once(runner: Runner) -> None:
    body = f"    frame({{'t': 'result', 'e': number()}}, b'{FORGED}')\n    raise ValueError"
    run = await execute(runner, TOOLS + body)
    assert run.rows == [{"forged": True}]


async def test_a_forged_result_still_meets_the_schema(runner: Runner) -> None:
    from domain.run import RunKind
    from domain.workflow import Artifact
    from tests.attacks.jail.raw import NOW, POLICY

    schema = {"type": "object", "properties": {"rows": {"type": "array", "items": {"required": ["name"]}}}}
    body = f"    frame({{'t': 'result', 'e': number()}}, b'{FORGED}')\n    raise ValueError"
    artifact = Artifact(code=TOOLS + body)
    run = await runner.run(artifact, {}, POLICY, kind=RunKind.CALL, now=NOW, output_schema=schema)
    assert run.outcome is Outcome.INVALID
    assert run.error is not None
    assert run.error.message == "The result breaks the tool's output schema at rows.0 (items.required)."


@pytest.mark.parametrize("claim", ["denied", "source_changed", "memory", "limited", "status", "nonsense", 7, None])
async def test_a_forged_error_is_an_error_of_its_own_call(runner: Runner, claim: object) -> None:
    meta = {
        "t": "error",
        "kind": claim,
        "name": "X",
        "message": "m" * 5000,
        "status": "a",
        "trace": [[10**9, 1], 7, [2, "f"]],
    }
    body = f"    frame({{**{meta!r}, 'e': number(), 'cpu_ms': 'x', 'rss_kb': -5}})\n    import time; time.sleep(9)"
    run = await execute(runner, TOOLS + body)
    assert run.outcome is not Outcome.OK
    assert run.outcome is not Outcome.DENIED  # only the broker's own record makes a denial
    assert run.error is not None
    assert len(run.error.message) < 400
    assert (run.spent.cpu_ms, run.spent.memory_mb) == (0.0, 0.0)

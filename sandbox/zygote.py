"""The fork server inside the box: a warmed first zygote, and one zygote per version that it forks.

Both obey one descriptor (number 3). The first takes ``v`` with a descriptor, and forks a version's
zygote on it. A version's zygote takes one frame (what to load), executes the module, answers one
frame, and then takes ``1`` (a child for one call) or ``k`` (a child that is kept) with a descriptor.
Nothing of a call ever passes through a zygote; it survives every child. Both end when their
descriptor does.
"""

from __future__ import annotations

import array
import builtins
import gc
import json
import marshal
import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from domain.meaning import gazetteer
from sandbox import child, facade, limits, seccomp, warm
from sandbox.mapping import Towns, mapped
from sandbox.wire import Channel, pack

CONTROL = 3
SECOND = 4
_HIGHEST = 64


def main() -> None:
    """Start from the settings in the last argument (JSON): descriptor, profile, what may lack."""
    settings = json.loads(sys.argv[-1])
    control = _take_descriptor(settings["descriptor"])
    os.environ.clear()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps children
    warm.warm(settings["profile"])
    os.dup2(0, 1)  # standard input is the null device: nothing here may write to the server's streams
    os.dup2(0, 2)
    without = frozenset(settings["without"])
    limits.wear_zygote(settings["profile"], without=without)
    program = None if "seccomp" in without else seccomp.Filter(seccomp.child_filter(settings["profile"]))
    _freeze()
    Channel(CONTROL).send({"t": "ready"})
    watch = program is not None and "seccomp_notify" not in without
    _serve(control, {b"v": lambda: _version(program, watch=watch)})


def _version(program: seccomp.Filter | None, *, watch: bool) -> None:
    limits.die_with_parent()
    channel = Channel(CONTROL)
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, CONTROL)
    try:
        watched = seccomp.watch_forks() if watch else -1
    except OSError as error:
        channel.send({"t": "unready", "why": str(error)})
        return
    if watch:  # the parent decides over forks, so the module body can make no process
        socket.send_fds(control, [pack({"t": "ready"})], [watched])
        os.close(watched)
    else:
        channel.send({"t": "ready"})
    frame = channel.receive()
    if frame is None:
        return
    meta, code = frame
    limits.bound_memory(meta["address_bytes"])
    code, places = code[: meta["code_bytes"]], code[meta["code_bytes"] :]
    if places:
        gazetteer.unpack(places)
        gazetteer.take_towns(mapped(Towns(descriptor=SECOND, size=meta["towns_bytes"])))
        os.close(SECOND)  # the mapping stays, for the children too
        gazetteer.find("Portland, OR")  # the first search builds a cache
    try:
        workflow = _load(meta, code, program)
    except BaseException as error:  # noqa: BLE001 - the module body is untrusted; its every end is reported
        channel.send({**child.error_frame(error, meta["filename"]), "e": meta["e"]})
        return
    _freeze()
    channel.send({"t": "result", "e": meta["e"]})
    one, kept = partial(child.serve, workflow, kept=False), partial(child.serve, workflow, kept=True)
    _serve(control, {b"1": one, b"k": kept})


def _load(meta: dict[str, Any], code: bytes, program: seccomp.Filter | None) -> child.Workflow:
    namespace: dict[str, Any]
    if meta["restricted"]:
        namespace = facade.environment(meta["interface"])
    else:
        namespace = {"__builtins__": builtins, "__name__": "workflow"}
    exec(marshal.loads(code), namespace)  # noqa: S102, S302 - compiled by the parent; the jail is the boundary
    return child.Workflow(
        namespace=namespace,
        request=namespace["Request"] if meta["restricted"] else namespace.get("Request"),
        run=namespace["run"],
        filename=meta["filename"],
        interface=meta["interface"],
        cpu_s=meta["cpu_s"],
        program=program,
        descriptor=CONTROL,
    )


def _serve(control: socket.socket, actions: dict[bytes, Callable[[], None]]) -> None:
    while True:
        data, ancillary, *_ = control.recvmsg(1, socket.CMSG_SPACE(2 * 4))
        if not data:
            return
        descriptors = array.array("i")
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
        action = actions.get(data)
        if action is not None and len(descriptors) in {1, 2}:
            _fork(list(descriptors), action)


def _fork(descriptors: list[int], action: Callable[[], None]) -> None:
    """Fork; the child has these descriptors as ``CONTROL`` and ``SECOND``, no other, and never returns."""
    if os.fork():
        for descriptor in descriptors:
            os.close(descriptor)
        return
    try:
        for number, descriptor in enumerate(descriptors, start=CONTROL):
            os.dup2(descriptor, number)
        os.closerange(CONTROL + len(descriptors), _HIGHEST)
        action()
    finally:
        os._exit(0)


def _take_descriptor(number: int) -> socket.socket:
    if number != CONTROL:
        os.dup2(number, CONTROL)
    os.closerange(CONTROL + 1, 1024)
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, CONTROL)


def _freeze() -> None:
    """Keep the collector away from what is shared with the children: touching it would copy it."""
    gc.collect()
    gc.freeze()

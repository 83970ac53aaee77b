"""Decides over the forks of a version's zygote: as many as were asked for, and none while it loads its module.

The zygote's filter turns each fork into a notification that the kernel holds until it is answered
here. Code that took over a zygote can fork what it is asked to fork; it cannot fork more.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import select
import struct
from collections.abc import Callable

_RECEIVE, _SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND
_NOTIFICATION_BYTES = 80
_ANSWER = struct.Struct("QqiI")  # id, value, error, flags
_CONTINUE = 1
_REFUSALS = 64  # a zygote that keeps trying is ended


class Forks:
    """Holds the kernel's end for one zygote. ``permit`` allows one more fork."""

    def __init__(self, loop: asyncio.AbstractEventLoop, descriptor: int, give_up: Callable[[], None]) -> None:
        self.permitted = 0
        self.refused = 0
        self._loop = loop
        self._descriptor = descriptor
        self._give_up = give_up
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        loop.add_reader(descriptor, self._asked)

    def permit(self) -> None:
        """Allow one fork."""
        self.permitted += 1

    def close(self) -> None:
        """Let go; forks that wait fail."""
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def _asked(self) -> None:
        # receiving would block when the zygote is gone, so the state is looked at first
        if not any(state & select.POLLIN for _, state in self._poll.poll(0)):
            self.close()
            return
        notification = bytearray(_NOTIFICATION_BYTES)
        try:
            fcntl.ioctl(self._descriptor, _RECEIVE, notification)
            self._answer(int.from_bytes(notification[:8], "little"))
        except OSError as error:
            if error.errno != errno.ENOENT:  # ENOENT: the one that asked has died meanwhile
                self._give_up()
        if self.refused > _REFUSALS:
            self._give_up()

    def _answer(self, identity: int) -> None:
        if self.permitted > 0:
            self.permitted -= 1
            answer = _ANSWER.pack(identity, 0, 0, _CONTINUE)
        else:
            self.refused += 1
            answer = _ANSWER.pack(identity, 0, -errno.EPERM, 0)
        fcntl.ioctl(self._descriptor, _SEND, answer)

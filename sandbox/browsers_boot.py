"""First process in the browser's box: opens the proxy's door, drops to a plain user, becomes the browser.

It runs by path with ``python -I -S`` inside the box, so it imports the standard library only. The
box has a network namespace of its own with nothing but a loopback. The listening socket made here
is handed to the server through a Unix socket; whoever connects to it from inside the box reaches
the egress proxy outside, and there is no other way out.

Arguments: path of the Unix socket, port, user id to drop to (0: keep), browser, its arguments...
"""

from __future__ import annotations

import os
import resource
import socket
import sys

NICENESS = 5  # a page that spins does not starve the server
DATA_BYTES = 4 << 30  # of each of its processes; what they may really use is looked at from outside


def main(arguments: list[str]) -> None:
    """Hand the door over, drop privileges and execute the browser."""
    door_path, port, user, browser, *rest = arguments
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", int(port)))
        door.listen(256)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as post:
            folder, name = os.path.split(door_path)
            os.chdir(folder)  # an address of this kind holds 107 bytes, and the path may be longer
            post.connect(name)
            os.chdir("/")
            socket.send_fds(post, [b"door"], [door.fileno()])
            post.recv(1)  # the server answers when it accepts connections
    if os.geteuid() == 0 and int(user):
        os.setgroups([])
        os.setresgid(int(user), int(user), int(user))
        os.setresuid(int(user), int(user), int(user))
    os.nice(NICENESS)
    for kind, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_DATA, DATA_BYTES)):
        resource.setrlimit(kind, (value, value))
    os.execv(browser, [browser, *rest])  # noqa: S606 - the browser is named by the server, no shell is involved


if __name__ == "__main__":
    main(sys.argv[1:])

"""Runs code that no check has seen, with all of Python's builtins: only the operating system stands in its way."""

from __future__ import annotations

import marshal
from datetime import UTC, datetime
from textwrap import indent
from typing import Any

from domain.policy import Limits, Policy
from domain.run import Run, RunKind
from domain.workflow import Artifact
from sandbox.runner import Compiled, Runner

NOW = datetime(2027, 5, 12, tzinfo=UTC)
LIMITS = Limits(wall_s=10, cpu_s=2, memory_mb=128)
POLICY = Policy(limits=LIMITS)

PRELUDE = '''
import ctypes, errno, os, platform, signal, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() in ("aarch64", "arm64")
NR = {name: numbers[ARM] for name, numbers in {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept4": (288, 242),
    "openat": (257, 56), "openat2": (437, 437), "open_by_handle_at": (304, 265), "execve": (59, 221),
    "execveat": (322, 281), "clone": (56, 220), "clone3": (435, 435), "ptrace": (101, 117), "kill": (62, 129),
    "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "process_madvise": (440, 440), "kcmp": (312, 272), "memfd_create": (319, 279),
    "memfd_secret": (447, 447), "io_uring_setup": (425, 425), "userfaultfd": (323, 282), "bpf": (321, 280),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "fsopen": (430, 430), "open_tree": (428, 428), "move_mount": (429, 429), "keyctl": (250, 219),
    "add_key": (248, 217), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "perf_event_open": (298, 241), "personality": (135, 92), "setuid": (105, 146), "setresuid": (117, 147),
    "capset": (126, 91), "prctl": (157, 167), "prlimit64": (302, 261), "sched_setaffinity": (203, 122),
    "setpriority": (141, 140), "inotify_init1": (294, 26), "fanotify_init": (300, 262), "init_module": (175, 105),
    "finit_module": (313, 273), "kexec_load": (246, 104), "reboot": (169, 142), "swapon": (167, 224),
    "sethostname": (170, 161), "clock_settime": (227, 112), "settimeofday": (164, 170), "syslog": (103, 116),
    "acct": (163, 89), "quotactl": (179, 60), "seccomp": (317, 277), "landlock_create_ruleset": (444, 444),
    "socketpair": (53, 199), "sendmsg": (46, 211), "recvmsg": (47, 212), "sendto": (44, 206), "sendmmsg": (307, 269),
    "setsockopt": (54, 208), "eventfd2": (290, 19), "timerfd_create": (283, 85), "signalfd4": (289, 74),
    "epoll_create1": (291, 20), "pipe2": (293, 59), "dup": (32, 23), "dup3": (292, 24), "ioctl": (16, 29),
    "fcntl": (72, 25), "splice": (275, 76), "vmsplice": (278, 75), "copy_file_range": (326, 285), "setsid": (112, 157),
    "setpgid": (109, 154), "getdents64": (217, 61), "chdir": (80, 49), "fchdir": (81, 50), "mknodat": (259, 33),
    "mkdirat": (258, 34), "unlinkat": (263, 35), "symlinkat": (266, 36), "linkat": (265, 37), "renameat2": (316, 276),
    "fchmodat": (268, 53), "fchownat": (260, 54), "truncate": (76, 45), "utimensat": (280, 88), "setxattr": (188, 5),
    "statx": (332, 291), "readlinkat": (267, 78), "faccessat": (269, 48), "name_to_handle_at": (303, 264),
    "ioprio_set": (251, 30), "mlockall": (151, 230), "remap_file_pages": (216, 234), "pkey_mprotect": (329, 288),
    "membarrier": (324, 283), "rseq": (334, 293), "uname": (63, 160), "sysinfo": (99, 179), "getcwd": (79, 17),
    "wait4": (61, 260), "vhangup": (153, 58), "lookup_dcookie": (212, 18), "set_mempolicy": (238, 237),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "futex_waitv": (449, 449), "cachestat": (451, 451),
    "futex": (202, 98), "madvise": (28, 233), "modify_ldt": (154, -1), "iopl": (172, -1),
    "process_mrelease": (448, 448), "mount_setattr": (442, 442), "fsmount": (432, 432), "io_setup": (206, 0),
    "userns": (272, 97), "rt_tgsigqueueinfo": (297, 240), "get_robust_list": (274, 100),
    "sched_setscheduler": (144, 119), "landlock_restrict_self": (446, 446), "mincore": (27, 232),
    "epoll_pwait2": (441, 441), "map_shadow_stack": (453, 453), "fchmodat2": (452, 452), "statmount": (457, 457),
}.items()}
def call(name, *arguments):
    """Return the result of a system call, or raise OSError."""
    result = libc.syscall(NR[name], *arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
'''

HARNESS = """
async def run(arguments, http):
    return {"rows": [], "count": 0, "truncated": False, "got": repr(attack())[:200]}
"""

HARMLESS = 'async def run(arguments, http):\n    return {"rows": [arguments], "count": 1, "truncated": False}\n'


def compile_unchecked(artifact: Artifact, policy: Policy) -> Compiled:
    """Compile as Python does, with no rule and no guard."""
    del policy
    code = compile(artifact.code, "<workflow>", "exec", dont_inherit=True)
    return Compiled(code=marshal.dumps(code), restricted=False)


def attack_code(body: str) -> str:
    """Return a module whose run executes the body as a function."""
    return f"{PRELUDE}\ndef attack():\n{indent(body, '    ')}\n{HARNESS}"


async def execute(runner: Runner, code: str, policy: Policy = POLICY, arguments: dict[str, Any] | None = None) -> Run:
    """Run a module once."""
    return await runner.run(Artifact(code=code), arguments or {}, policy, kind=RunKind.TRIAL, now=NOW)

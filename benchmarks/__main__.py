"""``python -m benchmarks [NAME …]``: the figures of the specification, printed side by side with their peers.

Without a name: calls through the server, the code check, and learning. Names: server, pages, growth, calls, check,
learn, targets, records, utterances, registry, models, documents, faults, jobs, views, sites, crowd (each is also
``python -m benchmarks.NAME`` with options of its own). ``learn`` scores examples, targets, utterances and documents
too; ``targets``, ``records`` and ``utterances`` need data outside the project.
"""

from __future__ import annotations

import subprocess
import sys

USUAL = ("server", "check", "learn")
KNOWN = (
    *USUAL,
    "pages",
    "growth",
    "calls",
    "targets",
    "records",
    "utterances",
    "registry",
    "models",
    "documents",
    "faults",
    "jobs",
    "views",
    "sites",
    "crowd",
)


def main(names: list[str]) -> int:
    """Run each benchmark in a process of its own, so that none warms another's caches."""
    unknown = [name for name in names if name not in KNOWN]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(KNOWN)}", file=sys.stderr)
        return 2
    return max(subprocess.call([sys.executable, "-m", f"benchmarks.{name}"]) for name in names or USUAL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

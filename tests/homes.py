"""Homes that a school has already used: with the present schema and the index of places, and no tool yet.

Making both takes some four seconds, and nearly no test is about that.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from domain.meaning import gazetteer
from registry import open_registry
from sandbox.mapping import mapped
from sandbox.towns import open_towns
from school.places import ready_places
from tests import prepared

REGISTRY = "registry.sqlite"


def towns() -> gazetteer.Lines:
    """Open the index of towns that every furnished home has."""
    return mapped(open_towns(_template() / "cache"))


def furnished(home: Path) -> Path:
    """Make a home whose schema and index of places are there; what is there already is kept."""
    made = _template()
    (home / "cache").mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    for kept in (made / "cache").iterdir():
        if not (home / "cache" / kept.name).exists():
            _link(kept, home / "cache" / kept.name)
    if not (home / REGISTRY).exists():
        shutil.copy(made / REGISTRY, home / REGISTRY)
    return home


def _link(kept: Path, place: Path) -> None:
    try:
        place.hardlink_to(kept)  # such files are only ever replaced as a whole
    except OSError:  # another file system
        shutil.copy(kept, place)


@cache
def _template() -> Path:
    """Make the first home in a process of its own: this one may know the places already, and then keeps nothing."""
    folder = tempfile.mkdtemp(prefix="agent-school-home-")
    atexit.register(shutil.rmtree, folder)
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = prepared.run("-m", "tests.homes", folder, env=environment, timeout=110)
    assert done.returncode == 0, done.stderr
    return Path(folder)


def make(home: Path) -> None:
    ready_places(home)
    gazetteer.find("No Such Town")  # the first name that is not a city's has the index of towns made
    open_registry(home / REGISTRY, keys_folder=home / "none").close()


if __name__ == "__main__":
    import sys

    make(Path(sys.argv[1]))

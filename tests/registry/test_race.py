"""Many tools at once: publishing, importing, counting of calls."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from registry import Registry
from tests.registry.making import make_run, make_version
from tests.requirements import requirement

TOOLS = tuple(f"tool_{number}" for number in range(6))
WORDS = ("zebra apple", "melon quince", "apple zebra melon", "quince kiwi", "kiwi zebra", "melon apple kiwi")


@requirement("REG-1", "REG-2", "REG-5")
def test_changes_of_several_tools_and_their_runs_at_once_never_wait_for_each_other_in_turn(
    opening: Callable[[], Registry], tmp_path: Path
) -> None:
    registries = [opening() for _ in range(4)]
    file = tmp_path / "tools.jsonl"
    for name in TOOLS:
        registries[0].publish(make_version(name), actor="ann")
    registries[0].export(file, "local", actor="ann")

    def publishing(place: int) -> None:
        for turn in range(12):
            number = (place * 3 + turn) % len(TOOLS)
            words = f"{WORDS[turn % len(WORDS)]} {place}"
            registries[place].publish(
                make_version(TOOLS[number], code=f"x = {place}, {turn}\n", description=f"Finds {words}."), actor="x"
            )

    def importing(place: int) -> None:
        for _ in range(8):
            registries[place].import_file(file, "local", actor="x")

    def counting(place: int) -> None:
        for turn in range(40):
            for number, name in enumerate(TOOLS):
                registries[place].record_run(make_run(1000 * place + 10 * turn + number, tool=name))
            registries[place].flush()

    with ThreadPoolExecutor(6) as pool:
        work = [(publishing, 0), (publishing, 1), (importing, 2), (importing, 3), (counting, 2), (counting, 3)]
        for done in [pool.submit(function, place) for function, place in work]:
            done.result()
    assert [registries[0].stats(name, "local").calls for name in TOOLS] == [80] * 6
    assert sorted(entry.calls for entry in registries[0].tools("local").entries) == [80] * 6

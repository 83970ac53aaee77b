from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.wire import HEADER, Channel
from tests.requirements import requirement

pytestmark = requirement("BOX-3")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def pair() -> Iterator[tuple[Channel, Channel, int]]:
    import socket

    left, right = socket.socketpair()
    with left, right:
        yield Channel(left.fileno()), Channel(right.fileno()), left.fileno()


@given(meta=st.dictionaries(st.text(), JSON, max_size=4), body=st.binary(max_size=5000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_frames_round_trip(pair: tuple[Channel, Channel, int], meta: dict[str, object], body: bytes) -> None:
    pair[0].send(meta, body)
    assert pair[1].receive() == (meta, body)


def test_frames_that_come_in_pieces_or_together_are_told_apart(pair: tuple[Channel, Channel, int]) -> None:
    _, right, raw = pair
    frame = HEADER.pack(2, 3) + b"{}abc"
    os.write(raw, frame[:5])
    assert right.receive(0.001) is None
    os.write(raw, frame[5:] + frame + frame[:1])
    assert right.receive() == ({}, b"abc")
    assert right.receive() == ({}, b"abc")
    assert right.receive(0.001) is None


def test_the_parents_end_is_an_error() -> None:
    import socket

    left, right = socket.socketpair()
    with right:
        left.close()
        with pytest.raises(ConnectionError, match="parent is gone"):
            Channel(right.fileno()).receive()

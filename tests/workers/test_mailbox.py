import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.mailbox import Backlog


def ramp(start: int, count: int) -> np.ndarray:
    return (np.arange(start, start + count) % 32768 / 32767).astype(np.float32)


@given(
    sizes=st.lists(st.integers(0, 50), max_size=20),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=10),
)
def test_read_gives_back_what_was_put_whatever_was_acknowledged(sizes, cuts):
    backlog = Backlog()
    for size in sizes:
        backlog.put(ramp(backlog.received, size))
    total = sum(sizes)

    for low, high in cuts:
        start = backlog.acknowledged + int(low * (total - backlog.acknowledged))
        stop = start + int(high * (total - start))
        np.testing.assert_allclose(backlog.read(start, stop), ramp(start, stop - start), atol=1e-6)
        backlog.acknowledge(start)

    assert backlog.received == total


def test_read_before_the_acknowledged_position_is_refused():
    backlog = Backlog()
    backlog.put(ramp(0, 100))
    backlog.acknowledge(50)

    with pytest.raises(IndexError, match="40:60 is outside 50:100"):
        backlog.read(40, 60)


def test_wait_ends_when_the_backlog_is_closed():
    backlog = Backlog()
    backlog.put(ramp(0, 10))
    backlog.close()

    assert backlog.wait(10)
    assert not backlog.wait(11)

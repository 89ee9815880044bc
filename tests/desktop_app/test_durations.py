from __future__ import annotations

import pytest

from desktop_app.durations import clock_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (0.5, "0:01"),
        (1.5, "0:02"),
        (20.99, "0:21"),
        (59.7, "1:00"),
        (3599.6, "1:00:00"),
        (3723, "1:02:03"),
    ],
)
def test_duration_is_rounded_to_the_second(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text

import math

import pytest

from benchmarks.see import Paint, smoothness
from benchmarks.synthetic_camera import decode, encode


def paints(*numbers_at: tuple[int, float]) -> list[Paint]:
    return [Paint(number, at_s, latency_s=0.02) for number, at_s in numbers_at]


def test_pictures_that_are_painted_twice_count_once():
    found = smoothness(paints((1, 0.1), (1, 0.2), (2, 0.3), (3, 0.9)), 0.0, 1.0)

    assert found["painted_per_s"] == 3.0
    assert found["longest_gap_ms"] == 600.0  # from the first painting of 2 to that of 3


def test_the_time_before_the_first_and_after_the_last_picture_is_a_gap_as_well():
    assert smoothness(paints((1, 0.7), (2, 0.75)), 0.0, 1.0)["longest_gap_ms"] == 700.0
    assert smoothness(paints((1, 0.1), (2, 0.15)), 0.0, 1.0)["longest_gap_ms"] == 850.0


def test_what_the_camera_gave_is_told_by_its_numbers():
    found = smoothness(paints((10, 0.0), (40, 1.0)), 0.0, 2.0)

    assert (found["painted_per_s"], found["source_per_s"]) == (1.0, 30.0)


def test_only_what_was_painted_in_between_counts():
    found = smoothness(paints((1, 0.5), (2, 1.5), (3, 2.5)), 1.0, 2.0)

    assert found["painted_per_s"] == 1.0
    assert math.isnan(smoothness([], 1.0, 2.0)["latency_p95_ms"])


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (287, 161)])
def test_numbers_and_times_are_read_from_the_pictures(size):
    assert decode(encode(123_456, 987_654_321_012, *size)) == (123_456, 987_654_321_012)

import cv2
import numpy as np
import pytest

from benchmarks.edges import edge_f1, edges_of, f1


def square(left=30, side=40):
    lines = np.zeros((96, 96), np.uint8)
    cv2.rectangle(lines, (left, 28), (left + side, 28 + side), 255, 1)
    return lines > 0


def filled(left=30, side=40):
    pixels = np.full((96, 96, 3), 230, np.uint8)
    cv2.rectangle(pixels, (left, 28), (left + side, 28 + side), (200, 30, 40), -1)
    return pixels


def test_lines_follow_themselves():
    assert f1(square(), square()) == 1


def test_the_edges_of_a_shape_follow_its_outline():
    assert edge_f1(filled(), square()) > 0.95


def test_a_shape_elsewhere_hardly_follows():
    assert edge_f1(filled(left=38), square()) < 0.6
    assert edge_f1(filled(left=38), square()) > 0.2  # two sides do, in part


def test_edges_far_from_the_lines_are_background():
    pixels = filled()
    cv2.circle(pixels, (8, 8), 6, (20, 20, 20), -1)

    assert edge_f1(pixels, square()) == pytest.approx(edge_f1(filled(), square()))


def test_an_edge_may_be_off_by_one_pixel_and_not_by_two():
    assert f1(np.roll(square(), 1, 1), square()) > 0.95
    assert f1(np.roll(square(), (2, 2), (0, 1)), square()) < 0.2


def test_nothing_drawn_follows_nothing():
    blank = np.full((96, 96, 3), 128, np.uint8)

    assert not edges_of(blank).any()
    assert edge_f1(blank, square()) == 0

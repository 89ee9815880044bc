import sys

from PySide6.QtCore import QRectF


def test_qt_calls_without_a_result_leave_none_alone():
    """PySide6 6.12.0 on Python 3.11 takes a reference to None with every such call, and aborts after some thousand."""
    rect, before = QRectF(), sys.getrefcount(None)

    for _ in range(1000):
        rect.translate(0.0, 1.0)

    assert sys.getrefcount(None) - before > -500

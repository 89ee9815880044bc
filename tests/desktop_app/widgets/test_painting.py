"""An error of ours while something is painted: told, and no more than that."""

from pathlib import Path

from desktop_app import theme
from desktop_app.paths import ASSETS_DIR
from desktop_app.widgets.switch import Switch


def test_an_error_in_painting_leaves_no_painter_behind(qtbot, qtlog, monkeypatch):
    switch = Switch()
    qtbot.addWidget(switch)
    with qtbot.waitExposed(switch):
        switch.show()

    with qtbot.captureExceptions() as errors, monkeypatch.context() as patch:
        patch.setattr(theme, "color", lambda *_: 1 / 0)
        switch.update()
        qtbot.waitUntil(lambda: bool(errors))
    switch.update()
    qtbot.wait(1)

    assert {kind for kind, _, _ in errors} == {ZeroDivisionError}  # whose tracebacks are alive here
    assert not [record.message for record in qtlog.records if "painter" in record.message]


def test_every_painter_ends_with_its_block():
    """Else an error that is kept keeps the painter, and Qt ends the app at the next paint."""
    files = Path(ASSETS_DIR.parent, "desktop_app").rglob("*.py")

    assert not [file for file in files if "= QPainter(" in file.read_text("utf-8")]

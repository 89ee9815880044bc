from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox, QWidget

from desktop_app.widgets.save_dialog import ask_where_to_save, file_name


@pytest.fixture
def page(qtbot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    return page


@pytest.fixture
def proposed(monkeypatch, tmp_path: Path) -> list[str]:
    """What the dialog proposed; the real dialog, on any platform, beginning in `tmp_path`."""
    monkeypatch.setattr("desktop_app.widgets.save_dialog.QStandardPaths.writableLocation", lambda _: str(tmp_path))
    monkeypatch.setattr(QFileDialog, "exec", _exec)
    names: list[str] = []
    monkeypatch.setattr(_exec, "names", names, raising=False)
    return names


def _exec(dialog: QFileDialog) -> int:
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    field = dialog.findChild(QLineEdit)
    _exec.names.append(field.text())  # type: ignore[attr-defined]
    if answers := _exec.answers:  # type: ignore[attr-defined]
        field.setText(answers.pop(0))
    dialog.setResult(0)
    dialog.accept()
    return dialog.result()


def test_proposes_the_title_in_the_folder_of_the_last_time(context, page, proposed, tmp_path):
    _exec.answers = [str(tmp_path / "deeper" / "one.srt")]
    (tmp_path / "deeper").mkdir()
    ask_where_to_save(context, page, "Export", "Who: the mayor?", "srt")
    _exec.answers = []

    path = ask_where_to_save(context, page, "Export", "Who: the mayor?", "srt")

    assert path == tmp_path / "deeper" / "Who the mayor.srt"
    assert proposed == ["Who the mayor.srt"] * 2


@pytest.mark.parametrize("name", ["Interview Dr. Smith", "Interview Dr. Smith.txt"])
def test_name_gets_its_suffix(context, page, proposed, tmp_path, name):
    _exec.answers = [name]

    assert ask_where_to_save(context, page, "Export", "x", "txt") == tmp_path / "Interview Dr. Smith.txt"


def test_another_suffix_that_is_known_stays(context, page, proposed, tmp_path):
    _exec.answers = ["talk.vtt"]

    assert ask_where_to_save(context, page, "Export", "x", "srt", others=("vtt",)) == tmp_path / "talk.vtt"


@pytest.mark.parametrize("name", ["talk", "Dr. Smith"])
@pytest.mark.parametrize("is_replaced", [True, False])
def test_nothing_is_replaced_unasked(qtbot, context, page, proposed, tmp_path, name, is_replaced):
    (tmp_path / f"{name}.txt").write_text("precious")
    _exec.answers = [name]
    asked: list[str] = []

    def answer() -> None:
        box = page.findChild(QFileDialog).findChild(QMessageBox)
        asked.append(box.text())
        box.button(QMessageBox.StandardButton.Yes if is_replaced else QMessageBox.StandardButton.No).click()

    timer = QTimer(interval=20)
    timer.timeout.connect(lambda: page.findChild(QFileDialog).findChild(QMessageBox) and (timer.stop(), answer()))
    timer.start()
    path = ask_where_to_save(context, page, "Export", "x", "txt")

    assert path == (tmp_path / f"{name}.txt" if is_replaced else None)
    assert len(asked) == 1
    assert f"{name}.txt" in asked[0]


def test_any_text_is_a_name():
    assert file_name("a/b\\c: what?\n") == "a b c what"
    assert file_name("..") == "Sensorium"
    assert len(file_name("word " * 100)) <= 80

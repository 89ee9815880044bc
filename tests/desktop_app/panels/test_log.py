import logging

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.log import Ring
from desktop_app.panels.log import SOURCE, TEXT, LogPanel
from desktop_app.settings import StandingQuestion


@pytest.fixture
def logger():
    ring = Ring()
    logger = logging.Logger("workers.engines")  # noqa: LOG001 - not one of the program's
    logger.addHandler(ring)
    logger.ring = ring
    return logger


@pytest.fixture
def panel(context, logger, qtbot) -> LogPanel:
    logger.debug("a chunk")
    logger.info("loaded whisper-base")
    logger.error("gave up\nsecond line")
    panel = LogPanel(context, logger.ring)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def texts(panel: LogPanel) -> list[str]:
    return [panel.model.index(row, 3).data() for row in range(panel.model.rowCount())]


def test_lines_from_info_up_are_shown_by_their_first_line(panel):
    assert texts(panel) == ["loaded whisper-base", "gave up"]


def test_level_filter_shows_this_level_and_above(panel):
    panel.level.setCurrentIndex(panel.level.findData(logging.DEBUG))
    assert len(texts(panel)) == 3

    panel.level.setCurrentIndex(panel.level.findData(logging.ERROR))
    assert texts(panel) == ["gave up"]


def test_text_filter_ignores_case_and_says_when_nothing_passes(panel):
    panel.search.setText("WHISPER")
    assert texts(panel) == ["loaded whisper-base"]

    panel.search.setText("nothing like this")
    assert panel.stack.currentWidget() is panel.empty


def test_new_lines_arrive(panel, logger):
    logger.warning("slow")
    panel.refresh()

    assert texts(panel)[-1] == "slow"
    assert panel.model.index(2, 1).data() == "Warning"


def test_copy_takes_the_selection_or_all(panel):
    panel.copy()
    assert len(QApplication.clipboard().text().splitlines()) == 3

    panel.table.selectRow(0)
    panel.copy()
    assert QApplication.clipboard().text().endswith("workers.engines: loaded whisper-base")


def test_selected_line_is_shown_whole(panel):
    panel.table.selectRow(1)

    assert panel.details.isVisible()
    assert panel.details.toPlainText().endswith("gave up\nsecond line")


def test_report_holds_versions_and_nothing_that_was_typed(panel, context, qtbot, messages, tmp_path):
    settings = context.settings
    settings.hear.prompt = settings.draw.prompt = settings.draw.negative_prompt = "my secret project"
    settings.hear.custom_words = settings.see.labels = ["secret"]
    settings.see.label_sets = {"secret": ["one", "two"]}
    settings.see.standing_questions = [StandingQuestion(text="is the secret door open?")]
    settings.see.engine_options = {"server": {"address": "http://user:secret@10.0.0.1/", "timeout_s": 30}}
    settings.window.panel_state = {"export_folder": "/media/secret"}
    settings.models.hub_endpoint = "https://secret.example.org"

    panel.save_report(tmp_path / "report.txt")

    qtbot.waitUntil(lambda: bool(messages))
    text = (tmp_path / "report.txt").read_text()
    assert "hear.engine = 'faster-whisper'" in text
    assert "hear.source = 'microphone'" in text
    assert "see.labels = (1 long)" in text
    assert "draw.num_inference_steps = 0" in text
    assert "see.server.timeout_s = 30" in text
    assert "pyside6" in text
    assert "secret" not in text


def test_report_that_cannot_be_saved_is_said(panel, messages, qtbot, tmp_path):
    panel.save_report(tmp_path / "missing" / "report.txt")

    qtbot.waitUntil(lambda: bool(messages))
    assert messages[0].sentence.startswith("The folder of")


def test_messages_get_the_place_of_their_sources_in_a_small_window(panel):
    panel.resize(1000, 500)
    wide_px = panel.table.columnWidth(TEXT)

    panel.resize(580, 400)

    assert panel.table.isColumnHidden(SOURCE)
    assert panel.table.columnWidth(TEXT) > 300
    panel.resize(1000, 500)
    assert not panel.table.isColumnHidden(SOURCE)
    assert panel.table.columnWidth(TEXT) == wide_px

from datetime import datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QFontMetricsF

from desktop_app import theme
from desktop_app.history.records import Hit, Remark
from desktop_app.history.store import History
from desktop_app.widgets.history_list import HistoryModel, Row, _from_first_match, _rest, when_text, whole_when_text


@pytest.fixture
def _american():
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("_american")
def test_days_are_told_shorter_the_older_they_are_and_whole_where_there_is_room():
    noon = datetime.now().astimezone().replace(hour=14, minute=5)
    old = datetime(2024, 3, 1, 14, 5).astimezone()

    today, yesterday, long_ago = (when_text(moment) for moment in (noon, noon - timedelta(days=1), old))

    assert today.replace("\u202f", " ") == "2:05 PM"
    assert yesterday.endswith(today)
    assert long_ago == "3/1/24"
    assert whole_when_text(old) == f"Fri 3/1/24 {today}"


def test_tip_of_a_row_is_what_there_is_no_room_for(qtbot, tmp_path):
    history = History(tmp_path)
    title = "A name of many words " * 10
    item_id = history.begin(title=title, source="USB microphone").result()
    history.flush()
    item = history.item(item_id)
    history.close()
    model = HistoryModel()
    model.set_rows([Row(item)])

    tip = model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)

    assert tip.split("\n") == [title, whole_when_text(item.created_at), "USB microphone"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("…that nothing was decided yet and the minister answered about the budget of the city", "budget"),
        ("市长说现在还没有任何决定部长回答说我们等着看吧然后大家讨论了城市的预算和其他问题", "预算"),
        ("Donaudampfschifffahrtsgesellschaftskapitän budget", "budget"),
    ],
)
@pytest.mark.parametrize("width_px", [120, 200, 400])
def test_what_was_found_is_in_sight_however_narrow_the_list_is(qtbot, text, term, width_px):
    at = text.index(term)
    now = datetime.now().astimezone()
    hit = Hit(1, 1, "speech", "", now, "me", 0.0, text, ((at, at + len(term)),), 1.0)
    metrics = QFontMetricsF(theme.font("body"))

    shown, shift = _from_first_match(hit, metrics, width_px)

    assert shown[at - shift : at - shift + len(term)] == term
    assert term in metrics.elidedText(shown, Qt.TextElideMode.ElideRight, width_px)


def test_question_ends_with_one_mark(tmp_path):
    history = History(tmp_path)
    remarks = [Remark("caption", "a frog"), Remark("answer", "two eyes", question="What has it?")]
    item_id = history.add_snapshot(np.zeros((8, 8, 3), np.uint8), remarks=remarks).result()
    row = Row(history.item(item_id))
    history.close()

    assert (row.title, _rest(row)) == ("a frog", "What has it? two eyes")


def test_pictures_of_the_same_words_are_told_apart(tmp_path):
    history = History(tmp_path)
    picture = np.zeros((8, 8, 3), np.uint8)
    made = history.add_picture(
        picture, prompt="a star", model_id="starter-sd", details={"seed": 4, "num_inference_steps": 8}
    )
    unknown = history.add_picture(picture, prompt="a star", model_id="starter-sd")
    rows = [Row(history.item(item.result())) for item in (made, unknown)]
    history.close()

    assert [_rest(row) for row in rows] == ["Seed 4  ·  8 steps", "starter-sd"]

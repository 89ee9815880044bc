import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_app import panels
from desktop_app.context import AppContext
from desktop_app.main_window import MainWindow
from desktop_app.panels import PanelInfo
from desktop_app.sessions.session_state import SessionState
from desktop_app.settings import Settings
from desktop_app.widgets.command_palette import CommandPalette, ShortcutsSheet
from workers.engine_pool import LoadedEngine
from workers.engines.base import EngineSpec
from workers.results import LiveStatus, Progress


class SearchPage(QWidget):
    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.done = 0
        action = QAction("Sharpen the pencils", self)
        action.triggered.connect(self._on_sharpen)
        self.addAction(action)

    def focus_search(self) -> None:
        self.field.setFocus()

    def _on_sharpen(self) -> None:
        self.done += 1


class AskingPage(QWidget):
    def __init__(self, context: AppContext) -> None:
        super().__init__()

    def ask_files(self) -> None: ...


class ButtonPage(QWidget):
    def __init__(self, context: AppContext) -> None:
        super().__init__()
        QVBoxLayout(self).addWidget(QPushButton("Do something"))


def broken(context: AppContext) -> QWidget:
    raise RuntimeError("no such thing")


PANELS = [
    PanelInfo("first", "First", "hear", 10, lambda context: QLabel("first")),
    PanelInfo("history", "History", "history", 20, SearchPage),
    PanelInfo("buttons", "Buttons", "log", 25, ButtonPage),
    PanelInfo("broken", "Broken", "warning", 30, broken),
    PanelInfo("preferences", "Preferences", "preferences", 120, lambda context: QLabel("prefs"), shortcut="Ctrl+,"),
]


@pytest.fixture
def window(context, qtbot, monkeypatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(panels, "discover", lambda: PANELS)
    window = MainWindow(context)
    window.show()
    window.activateWindow()
    window.open_start_page()
    yield window
    if not context.is_closed:
        with qtbot.waitSignal(context.closed):
            window.close()
    window.deleteLater()


def palette_of(window: MainWindow) -> CommandPalette:
    window.palette_action.trigger()
    return window.findChild(CommandPalette)


def test_panels_of_the_folder_are_found_in_order():
    found = panels.discover()

    assert {"models", "log", "preferences"} <= {panel.id for panel in found}
    assert [panel.order for panel in found] == sorted(panel.order for panel in found)


def test_page_that_cannot_be_imported_is_left_out(monkeypatch, tmp_path, caplog):
    (tmp_path / "needs_more.py").write_text("import a_package_that_is_not_there\n")
    monkeypatch.setattr(panels, "__path__", [str(tmp_path)])

    assert panels.discover() == []
    assert "needs_more" in caplog.text


def test_pages_are_made_when_first_opened_and_once(window):
    assert window.current_panel == "first"
    assert list(window._pages) == ["first"]

    page = window.page("history")
    window.show_panel("history")

    assert window.stack.currentWidget() is page
    assert window.rail.button("history").isChecked()


def test_keys_go_to_a_page_and_no_button_of_it(window, qtbot):
    qtbot.waitUntil(window.isActiveWindow)
    window.show_panel("history")
    window.page("history").field.setFocus()

    window.show_panel("buttons")
    assert window.focusWidget() is window.page("buttons")

    window.show_panel("history")
    assert window.focusWidget() is window.page("history").field


def test_rail_and_keys_open_pages(window, qtbot):
    window.rail.button("history").click()
    assert window.current_panel == "history"

    for keys, panel in ((Qt.Key.Key_1, "first"), (Qt.Key.Key_Comma, "preferences"), (Qt.Key.Key_2, "history")):
        qtbot.keyClick(window, keys, Qt.KeyboardModifier.ControlModifier)
        assert window.current_panel == panel


def test_broken_page_does_not_take_the_window_with_it(window):
    window.show_panel("broken")

    assert window.banner.message.kind == "error"
    assert "could not be opened" in window.page("broken").text()


def test_search_goes_to_the_history_when_the_page_has_none(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)

    assert window.current_panel == "history"
    assert window.page("history").field.hasFocus()


def test_palette_finds_and_runs_an_action_of_the_page(window, qtbot):
    window.show_panel("history")
    palette = palette_of(window)
    qtbot.keyClicks(palette.search, "pencils sharp")
    assert palette.list.count() == 1

    qtbot.keyClick(palette.search, Qt.Key.Key_Return)

    assert window.page("history").done == 1


def test_palette_goes_round_with_the_arrows_and_says_when_empty(window, qtbot):
    palette = palette_of(window)
    qtbot.keyClick(palette.search, Qt.Key.Key_Up)
    assert palette.list.currentRow() == palette.list.count() - 1

    qtbot.keyClicks(palette.search, "zzz")
    assert not palette.empty.isHidden()
    palette.close()


def test_every_action_of_the_menu_has_words(window):
    menu = window._menu()
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]

    assert "Quit" in texts
    assert all(texts)
    menu.deleteLater()


def test_shortcuts_sheet_lists_keys_and_no_two_actions_share_one(window):
    keys = [sequence.toString() for action in window.actions() for sequence in action.shortcuts()]
    assert len(keys) == len(set(keys))

    window.shortcuts_action.trigger()
    sheet = window.findChild(ShortcutsSheet)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    sheet.close()

    assert {"Ctrl+R", "F1", "Ctrl+K"} <= shown


def test_shortcuts_sheet_lists_the_keys_of_the_other_pages(window):
    action = QAction("Turn the page", window.page("history"))
    action.setShortcut("Ctrl+Shift+T")
    window.page("history").addAction(action)

    window.shortcuts_action.trigger()
    sheet = window.findChild(ShortcutsSheet)
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    sheet.close()

    assert {"History", "Turn the page", "Ctrl+Shift+T"} <= shown


def test_files_are_asked_for_on_the_first_page_from_any_page(window, qtbot, monkeypatch):
    asked: list[str] = []
    first = PanelInfo("hear", "Hear", "hear", 5, AskingPage)
    window.panels["hear"] = first
    window.rail.add_panels([first])
    window._add_panel_action(first, 9)
    monkeypatch.setattr(AskingPage, "ask_files", lambda page: asked.append(window.current_panel))
    window.show_panel("preferences")

    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)

    assert asked == ["hear"]


def test_narrow_window_shows_icons_only(window):
    window.resize(720, 520)
    assert window.rail.is_collapsed
    assert (window.width(), window.height()) == (720, 520)

    window.resize(1200, 700)
    assert not window.rail.is_collapsed


def test_labels_stay_hidden_when_the_user_wants(window, context):
    window.rail_action.trigger()
    window.resize(1210, 700)

    assert window.rail.is_collapsed
    assert context.settings.window.is_rail_collapsed


def test_private_mode_shows_in_the_status_bar_and_ends_there(window, context):
    assert window.status.private.isHidden()
    window.private_action.trigger()
    assert context.settings.history.is_private
    assert not window.status.private.isHidden()

    window.status.private.click()

    assert not context.settings.history.is_private
    assert not window.private_action.isChecked()


def test_private_in_the_status_bar_follows_the_recording_that_runs(window, context):
    speech = context.sessions.speech
    window.status.watch(speech)
    speech._state, speech._is_private = SessionState.RUNNING, True
    speech.privacy_changed.emit()
    assert window.status.private.isVisible()

    speech._is_private = False
    context.change_setting("history.is_private", True)
    assert window.status.private.isHidden()

    speech._state = SessionState.IDLE
    speech.privacy_changed.emit()
    assert window.status.private.isVisible()


def test_lag_is_shown_when_the_text_is_late(window):
    window.status._on_result(LiveStatus("me", 10.0, 9.8, 9.0, 0.1, is_speech=True, decode_s=0.2))
    assert window.status.lag.text() == "Live: 0.3 s"

    window.status._on_result(LiveStatus("me", 20.0, 15.0, 14.0, 4.26, is_speech=True))
    assert window.status.lag.text() == "4.3 s behind"
    assert "4.3 s of sound wait" in window.status.lag.toolTip()


def test_what_is_loaded_is_told_by_its_title(window, context):
    spec = EngineSpec("workers.engines.speech.faster_whisper:FasterWhisper", "whisper-base", "nowhere")
    emotion = EngineSpec("workers.engines.speech.emotion:Emotion", "moods", "nowhere")

    window.status._show_engines([LoadedEngine(spec, 1, 210_000_000, 1, "cpu", False)])
    assert window.status.engine.text() == "Whisper base · faster-whisper"
    assert window.status.device.text() == "Processor"
    assert window.status.memory.text() == "210 MB"

    window.status._show_engines([LoadedEngine(one, 1, 1_000_000, 1, "", False) for one in (spec, emotion)])
    assert window.status.engine.text() == "Whisper base · faster-whisper + 1"
    assert "moods · emotion" in window.status.engine.toolTip()
    assert window.status.device.isHidden()


def test_engine_at_work_is_the_one_that_is_named(window):
    spec = EngineSpec("workers.engines.speech.faster_whisper:FasterWhisper", "whisper-base", "nowhere")
    emotion = EngineSpec("workers.engines.speech.emotion:Emotion", "moods", "nowhere")

    def show(*busy: EngineSpec) -> str:
        loaded = [LoadedEngine(one, 1, 1_000_000, 1, "", one in busy) for one in (spec, emotion)]
        window.status._show_engines(loaded)
        return window.status.engine.text()

    assert show() == "Whisper base · faster-whisper + 1"
    assert show(emotion) == "moods · emotion + 1"
    assert show() == "moods · emotion + 1"  # between two requests
    assert show(spec, emotion) == "moods · emotion + 1"
    assert show(spec) == "Whisper base · faster-whisper + 1"


def test_background_work_shows_in_the_status_bar_until_it_ends(window, context):
    context.busy_changed.emit("Downloading", Progress(0.5))
    assert window.status.busy.text() == "Downloading"
    assert window.status.progress.value() == 50

    context.busy_changed.emit("Downloading", None)
    assert window.status.busy.isHidden()


def test_welcome_is_shown_at_first_and_never_after_it_was_dismissed(window, context, qtbot):
    assert window.welcome.isVisible()
    window.show_panel("history")
    assert not window.welcome.isVisible()
    window.show_panel("first")
    window.welcome.dismiss_button.click()
    assert not window.welcome.isVisible()

    second = MainWindow(context)
    second.open_start_page()

    assert second.welcome.isHidden()
    second.deleteLater()


def test_message_is_dismissed_with_escape_only_while_there_is_one(window, context, qtbot):
    assert not window.dismiss_action.isEnabled()
    context.notify("error", "The disk is full.")
    assert window.dismiss_action.isEnabled()

    qtbot.keyClick(window, Qt.Key.Key_Escape)

    assert window.banner.message is None
    assert not window.dismiss_action.isEnabled()


def test_notice_moves_nothing_and_what_went_wrong_does(window, context, qtbot):
    window.resize(640, 460)
    qtbot.waitUntil(lambda: window.stack.width() > 0 and window.welcome.isVisible())
    QApplication.sendPostedEvents()
    before, keys = window.stack.geometry(), window.focusWidget()

    context.notify("info", "Copied.")
    QApplication.processEvents()
    assert window.toast.isVisible()
    assert window.banner.isHidden()
    assert window.stack.geometry() == before
    assert window.stack.geometry().contains(window.toast.geometry())
    assert window.focusWidget() is keys
    window.toast.dismiss()
    QApplication.processEvents()
    assert window.stack.geometry() == before

    context.notify("error", "The disk is full.")

    qtbot.waitUntil(lambda: window.stack.geometry().top() > before.top())
    assert window.toast.isHidden()


def test_escape_takes_the_notice_away_before_what_went_wrong(window, context, qtbot):
    context.notify("error", "The disk is full.")
    context.notify("info", "Copied.")

    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.toast.isHidden()
    assert window.banner.isVisible()
    assert window.dismiss_action.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Escape)

    assert window.banner.isHidden()
    assert not window.dismiss_action.isEnabled()


def test_message_takes_the_place_of_another_about_the_same_wherever_it_stands(window, context):
    context.notify("error", "The camera is away.", topic="camera")
    context.notify("info", "The camera is back.", topic="camera")
    assert window.banner.isHidden()

    context.notify("warning", "The camera is dark.", topic="camera")
    assert window.toast.isHidden()
    context.withdraw("camera")

    assert window.banner.isHidden()


def test_place_and_page_are_remembered(window, context, qtbot):
    window.resize(760, 520)  # the offscreen screen is 800 px wide
    window.show_panel("history")
    with qtbot.waitSignal(context.closed):
        window.close()

    again = MainWindow(AppContext(context.paths, context.settings))
    qtbot.addWidget(again)
    again.open_start_page()

    assert again.size() == window.size()
    assert again.current_panel == "history"
    with qtbot.waitSignal(again.context.closed):
        again.context.close()


def test_page_chosen_for_the_start_opens_first(context, qtbot, monkeypatch):
    monkeypatch.setattr(panels, "discover", lambda: PANELS)
    context.settings.general.start_panel = "preferences"
    context.settings.window.last_panel = "history"

    window = MainWindow(context)
    qtbot.addWidget(window)
    window.open_start_page()
    with qtbot.waitSignal(context.closed):
        context.close()

    assert window.current_panel == "preferences"


def test_page_that_asks_first_keeps_the_window_open_until_it_is_answered(window, context, qtbot):
    page, asked = window.page("history"), []
    page.ask_before_close = lambda close: not asked and not asked.append(close)
    window.show_panel("first")

    window.close()

    assert not context.is_closing
    assert window.current_panel == "history"
    with qtbot.waitSignal(context.closed):
        asked[0]()


def test_page_is_not_asked_where_a_signal_ends_the_app(window, context, qtbot):
    window.page("history").ask_before_close = lambda _close: True

    with qtbot.waitSignal(context.closed):
        context.close()

    assert not window.isVisible()


def test_window_stays_open_until_everything_is_saved(window, context, qtbot):
    window._saving_timer.setInterval(1)
    release = threading.Event()
    context.run(lambda _job: release.wait())
    window.close()
    qtbot.waitUntil(window._saving.isVisible)
    assert window.isVisible()

    with qtbot.waitSignal(context.closed):
        release.set()

    assert not window.isVisible()


def test_what_is_being_typed_is_saved_when_the_app_ends(window, context, qtbot):
    window.show_panel("history")
    field = window.page("history").field
    field.editingFinished.connect(lambda: context.change_setting("draw.prompt", field.text()))
    field.setFocus()
    qtbot.keyClicks(field, "a red cat")

    with qtbot.waitSignal(context.closed):
        window.quit_action.trigger()

    assert Settings.load(context.paths.settings_file).draw.prompt == "a red cat"


def test_sheet_of_keys_is_as_wide_as_its_longest_line(qtbot):
    action = QAction("Something that takes a good many words to be told in a single line of the sheet")
    action.setShortcuts([QKeySequence("Ctrl+Shift+Return"), QKeySequence("Ctrl+Alt+Shift+F12")])
    others = [QAction(f"Other {number}", shortcut=QKeySequence(f"Ctrl+{number}")) for number in range(10)] * 4
    parent = QWidget()
    qtbot.addWidget(parent)

    sheet = ShortcutsSheet([("This page", [action, *others])], parent)
    with qtbot.waitExposed(sheet):
        sheet.show()

    area = sheet.findChild(QScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    assert area.horizontalScrollBar().maximum() == 0
    sheet.close()


def test_title_says_that_the_microphone_is_open(window, context):
    window.start_services()
    speech = context.sessions.speech

    titles = []
    for state in (SessionState.LOADING, SessionState.RUNNING, SessionState.PAUSED, SessionState.STOPPING):
        speech.state_changed.emit(state)
        titles.append(window.windowTitle())

    assert titles == ["● Listening – Sensorium"] * 2 + ["Paused – Sensorium", "Sensorium"]

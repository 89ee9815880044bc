"""The window: the rail, the page that is open, its messages, the status bar, and every action with its key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

import desktop_app
from desktop_app import i18n, panels, theme
from desktop_app.context import AppContext, Message
from desktop_app.panels import PanelInfo
from desktop_app.sessions.session_state import SessionState
from desktop_app.widgets.banner import Banner
from desktop_app.widgets.coach_card import CoachCard
from desktop_app.widgets.rail import Rail
from desktop_app.widgets.status_bar import StatusBar
from desktop_app.widgets.toast import Toast

if TYPE_CHECKING:
    from workers.results import Frame

log = logging.getLogger(__name__)

SIZE_PX = (1180, 760)
MIN_SIZE_PX = (640, 460)
NARROW_BELOW_PX = 880  # the rail shows icons only
SAVING_SHOWN_AFTER_MS = 300


class MainWindow(QMainWindow):
    """Finds the pages, makes each when it is first opened, and closes only after everything has been saved."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._pages: dict[str, QWidget] = {}
        self._current = ""
        self.setWindowTitle("Sensorium")
        self.setWindowIcon(theme.app_icon())
        self.setMinimumSize(*MIN_SIZE_PX)

        self._make_actions()
        self.banner = Banner()
        self.stack = QStackedWidget()
        self.welcome = CoachCard(
            context, "welcome", [("command", self.tr("Welcome. Ctrl+K finds every command, F1 shows every key."))]
        )
        content = QFrame()
        content.setObjectName("content")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for line in (self.banner, self.welcome):
            line.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, 0)
            column.addWidget(line)
        column.addWidget(self.stack, 1)
        self.toast = Toast(content)

        self.rail = Rail(self.menu_action)
        self.status = StatusBar(context)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(content, 1)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(central)
        self._saving = _SavingOverlay(self)

        for shows in (self.banner, self.toast):
            context.message_withdrawn.connect(shows.withdraw)
            shows.message_changed.connect(self._on_message_changed)
        self.rail.panel_chosen.connect(self.show_panel)
        context.message_posted.connect(self._on_message)
        context.panel_requested.connect(self.show_panel)
        context.settings_changed.connect(self._on_settings_changed)
        context.history_changed.connect(self._on_history_changed)
        context.options_requested.connect(self._on_options_requested)
        context.item_requested.connect(self._on_item_requested)
        context.similar_requested.connect(self._on_similar_requested)
        context.closing.connect(self._on_context_closing)
        context.closed.connect(self._on_context_closed)
        self._saving_timer = QTimer(self, singleShot=True, interval=SAVING_SHOWN_AFTER_MS)
        self._saving_timer.timeout.connect(self._saving.cover)

        self._restore_state()

    @cached_property
    def panels(self) -> dict[str, PanelInfo]:
        """The pages by id; finding them imports them, so it waits until the window can be seen."""
        found = panels.discover()
        self.rail.add_panels(found)
        for number, panel in enumerate(found, 1):
            self._add_panel_action(panel, number)
        return {panel.id: panel for panel in found}

    # ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def current_panel(self) -> str:
        return self._current

    def page(self, panel_id: str) -> QWidget:
        """The page, made now if it was not open yet."""
        if panel_id not in self._pages:
            try:
                page = self.panels[panel_id].create(self.context)
            except Exception as error:  # noqa: BLE001 - one broken page must not take the window with it
                self.context.show_error(error)
                page = theme.label(self.tr("This page could not be opened. The log says why."), "muted")
                page.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._pages[panel_id] = page
            self.stack.addWidget(page)
        return self._pages[panel_id]

    def open_start_page(self) -> None:
        """Opens the page that was chosen for the start, or that was open last, or the first, unless one is open."""
        settings = self.context.settings
        wanted = [self._current, settings.general.start_panel, settings.window.last_panel, *self.panels]
        self.show_panel(next(panel_id for panel_id in wanted if panel_id in self.panels))

    def show_panel(self, panel_id: str) -> None:
        """Opens a page; an id that is not there (a panel that was removed) opens nothing."""
        if panel_id not in self.panels or panel_id == self._current:
            return
        page = self.page(panel_id)
        self.stack.setFocus()  # from a page that is hidden Qt would hand the keys to the first button of the next one
        self.stack.setCurrentWidget(page)
        self.toast.lie_over(page, getattr(page, "feet", ()))
        self.rail.set_current(panel_id)
        self._panel_actions[panel_id].setChecked(True)
        self._current = panel_id
        self.welcome.show_if_wanted(panel_id == next(iter(self.panels)))
        if not page.isAncestorOf(self.focusWidget() or self):  # it chose a part of itself when it was shown
            (page.focusWidget() or page).setFocus()  # where the keys were; nothing is ringed before Tab is pressed
        self.context.change_setting("window.last_panel", panel_id)

    def start_services(self) -> None:
        """What waits until the window has been painted: pages, the history, and what the status bar follows."""
        self.open_start_page()
        self.context.run(lambda job: theme.read_icons())
        for problem in self.context.settings.problems:
            self.context.notify("warning", i18n.sentence(problem), i18n.hint(problem))
        self.context.open_history()
        self.status.watch(self.context.sessions.speech)
        self.context.sessions.speech.state_changed.connect(self._on_speech_changed)
        _ = self.context.sessions.library  # looks at new pictures by itself

    # ── actions ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _make_actions(self) -> None:
        self._panel_actions: dict[str, QAction] = {}
        self._panel_group = QActionGroup(self)
        self.record_action = self._action(self.tr("Start or stop listening"), "record", "Ctrl+R", self._on_record)
        self.files_action = self._action(self.tr("Transcribe files…"), "file", "Ctrl+O", self._on_files)
        self.search_action = self._action(self.tr("Search"), "search", "Ctrl+F", self._on_search)
        self.private_action = self._action(self.tr("Private mode"), "private", "Ctrl+Shift+N")
        self.private_action.setCheckable(True)
        self.private_action.setChecked(self.context.settings.history.is_private)
        self.private_action.toggled.connect(lambda is_on: self.context.change_setting("history.is_private", is_on))
        self.menu_action = self._action(self.tr("Menu"), "menu", "F10", self._on_menu)
        self.palette_action = self._action(self.tr("Commands"), "command", "Ctrl+K", self._on_palette)
        self.shortcuts_action = self._action(self.tr("Keyboard shortcuts"), "keyboard", "F1", self._on_shortcuts)
        self.rail_action = self._action(self.tr("Show or hide labels"), "sidebar", "Ctrl+B", self._on_rail)
        self.full_screen_action = self._action(self.tr("Full screen"), "", "F11", self._on_full_screen)
        self.dismiss_action = self._action(self.tr("Dismiss message"), "close", "Esc", self._on_dismiss)
        self.dismiss_action.setEnabled(False)
        self.about_action = self._action(self.tr("About Sensorium"), "info", "", self._on_about)
        self.quit_action = self._action(self.tr("Quit"), "quit", "Ctrl+Q", self.close)
        self._theme_actions: dict[str, QAction] = {}
        themes = QActionGroup(self)
        for choice, text in (
            ("system", self.tr("Appearance: same as the system")),
            ("light", self.tr("Appearance: light")),
            ("dark", self.tr("Appearance: dark")),
        ):
            action = self._action(text)
            action.setCheckable(True)
            action.setChecked(self.context.settings.general.theme == choice)
            action.triggered.connect(lambda _=False, value=choice: self.context.change_setting("general.theme", value))
            themes.addAction(action)
            self._theme_actions[choice] = action

    def _add_panel_action(self, panel: PanelInfo, number: int) -> None:
        action = self._action(i18n.from_panels(panel.title), panel.icon, f"Ctrl+{number}" if number <= 9 else "")
        if panel.shortcut:
            action.setShortcuts([*action.shortcuts(), QKeySequence(panel.shortcut)])
        action.setCheckable(True)
        action.triggered.connect(lambda: self.show_panel(panel.id))
        self._panel_group.addAction(action)
        self._panel_actions[panel.id] = action

    def _action(self, text: str, icon: str = "", keys: str = "", on_triggered: Any = None) -> QAction:
        action = QAction(text, self)
        if icon:
            action.setIcon(theme.icon(icon))
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setToolTip(f"{text} ({keys})")
        if on_triggered is not None:
            action.triggered.connect(on_triggered)
        self.addAction(action)
        return action

    def _page_actions(self) -> list[QAction]:
        page = self._pages.get(self._current)
        return _named_actions(page) if page is not None else []

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.record_action, self.files_action, self.search_action, self.private_action])
        if page_actions := self._page_actions():
            menu.addSeparator()
            menu.addActions(page_actions)
        menu.addSeparator()
        go_to = menu.addMenu(self.tr("Go to"))
        go_to.addActions(list(self._panel_actions.values()))
        view = menu.addMenu(self.tr("View"))
        view.addActions([self.rail_action, self.full_screen_action])
        view.addSeparator()
        view.addActions(list(self._theme_actions.values()))
        menu.addSeparator()
        menu.addActions([self.palette_action, self.shortcuts_action, self.about_action])
        menu.addSeparator()
        menu.addAction(self.quit_action)
        return menu

    def _on_menu(self) -> None:
        button = self.rail.menu_button
        self._menu().popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _on_palette(self) -> None:
        from desktop_app.widgets.command_palette import CommandPalette

        CommandPalette([*self._page_actions(), *self.actions()], self).show()

    def _on_shortcuts(self) -> None:
        from desktop_app.widgets.command_palette import ShortcutsSheet

        pages = list(self._panel_actions.values())
        others = [action for action in self.actions() if action not in pages]
        on_other_pages = [
            (i18n.from_panels(panel.title), _named_actions(self.page(panel.id)))
            for panel in self.panels.values()
            if panel.id != self._current
        ]
        ShortcutsSheet(
            [
                (self.tr("This page"), self._page_actions()),
                (self.tr("Anywhere"), others),
                (self.tr("Pages"), pages),
                *on_other_pages,
            ],
            self,
        ).open()

    @property
    def verbs(self) -> dict[str, Callable[[], str]]:
        """What may be asked for from outside; each tells the state that follows."""

        def toggle() -> str:
            self._on_record()
            return self.context.sessions.speech.state

        def pause() -> str:
            self.context.sessions.speech.toggle_pause()
            return self.context.sessions.speech.state

        return {"toggle": toggle, "pause": pause}

    def _on_record(self) -> None:
        speech = self.context.sessions.speech
        if speech.state in ("idle", "failed"):
            self.show_panel("hear")
            speech.start()
        else:
            speech.stop()

    def _on_files(self) -> None:
        self.show_panel("hear")
        page = self._pages.get(self._current)
        if page is not None and hasattr(page, "ask_files"):
            page.ask_files()

    def _on_search(self) -> None:
        """The search field of this page if it has one, else that of the history."""
        if not hasattr(self._pages.get(self._current), "focus_search"):
            self.show_panel("history")
        page = self._pages.get(self._current)
        if page is not None and hasattr(page, "focus_search"):
            page.focus_search()

    def _on_rail(self) -> None:
        self.context.change_setting("window.is_rail_collapsed", not self.rail.is_collapsed)

    def _on_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _on_dismiss(self) -> None:
        """What lies on top goes first."""
        (self.banner if self.toast.message is None else self.toast).dismiss()

    def _on_about(self) -> None:
        self.context.notify(
            "info",
            f"Sensorium {desktop_app.__version__}",
            self.tr("Hears, sees and draws, on your own machine. MIT licence."),
        )

    # ── what changes ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _on_message(self, message: Message) -> None:
        """A notice floats; what went wrong stands above the page until it is dismissed."""
        shows, other = (self.toast, self.banner) if message.kind == "info" else (self.banner, self.toast)
        if message.topic:
            other.withdraw(message.topic)
        shows.post(message)

    def _on_message_changed(self) -> None:
        self.dismiss_action.setEnabled(any(shows.message is not None for shows in (self.banner, self.toast)))

    def _on_options_requested(self, section: str, engine: str) -> None:
        self.show_panel("preferences")
        page = self._pages.get("preferences")
        if page is not None and hasattr(page, "show_options"):
            page.show_options(section, engine)

    def _on_item_requested(self, item_id: int) -> None:
        self.show_panel("history")
        page = self._pages.get("history")
        if page is not None and hasattr(page, "open_item"):
            page.open_item(item_id)

    def _on_similar_requested(self, picture: Frame) -> None:
        self.show_panel("history")
        page = self._pages.get("history")
        if page is not None and hasattr(page, "find_like"):
            page.find_like(picture)

    def _on_history_changed(self) -> None:
        """Opens the page that offers to finish what a crash interrupted."""
        if self.context.history is not None and self.context.history.unfinished():
            self.show_panel("hear")

    def _on_settings_changed(self, place: str) -> None:
        settings = self.context.settings
        if place == "general.theme":
            theme.theme().apply(settings.general.theme)
            self._theme_actions[settings.general.theme].setChecked(True)
        elif place == "general.reduce_motion":
            theme.theme().reduce_motion = settings.general.reduce_motion
        elif place == "history.is_private":
            self.private_action.setChecked(settings.history.is_private)
        elif place == "window.is_rail_collapsed":
            self._fit_rail()

    def _on_speech_changed(self, state: SessionState) -> None:
        """The bar of the desktop says that the microphone is open, whatever window is in front."""
        if state in (SessionState.LOADING, SessionState.RUNNING):
            self.setWindowTitle(self.tr("● Listening – Sensorium"))
        elif state is SessionState.PAUSED:
            self.setWindowTitle(self.tr("Paused – Sensorium"))
        else:
            self.setWindowTitle("Sensorium")

    def _fit_rail(self) -> None:
        self.rail.set_collapsed(self.width() < NARROW_BELOW_PX or self.context.settings.window.is_rail_collapsed)

    # ── what is remembered ───────────────────────────────────────────────────────────────────────────────────────────

    def _restore_state(self) -> None:
        state = self.context.settings.window
        self.resize(*SIZE_PX)
        if state.geometry:
            self.restoreGeometry(QByteArray.fromBase64(state.geometry.encode()))
        self._fit_rail()

    def event(self, event: QEvent) -> bool:
        """Leaves Space to a button or a list of choices that was reached by Tab, where a page has it as its key."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Space
            and isinstance(QApplication.focusWidget(), QAbstractButton | QComboBox)
        ):
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rail()
        self._saving.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.context.is_closed:
            event.accept()
            return
        event.ignore()
        if not self.context.is_closing and not self._is_asked_first():
            self.context.settings.window.geometry = self.saveGeometry().toBase64().toStdString()
            self._saving_timer.start()
            self.context.close()

    def _is_asked_first(self) -> bool:
        """Whether a page has a question before the window may close; the end of the desktop's session does not wait."""
        app = QApplication.instance()
        if isinstance(app, QApplication) and app.isSavingSession():
            return False
        pages = [(panel_id, page) for panel_id, page in self._pages.items() if hasattr(page, "ask_before_close")]
        for panel_id, page in pages:
            if page.ask_before_close(self.close):
                self.show_panel(panel_id)
                return True
        return False

    def _on_context_closing(self) -> None:
        """What is being typed is taken, as when the keys leave it: in a window in the background, too."""
        if (typed_into := self.focusWidget()) is not None:
            leaves = QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.OtherFocusReason)
            QApplication.sendEvent(typed_into, leaves)

    def _on_context_closed(self) -> None:
        self._saving_timer.stop()
        self.close()


def _named_actions(page: QWidget) -> list[QAction]:
    return [action for action in page.actions() if action.text()]


class _SavingOverlay(QFrame):
    """Covers the window while what was recorded is written."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("content")
        progress = QProgressBar()
        progress.setRange(0, 0)
        progress.setFixedWidth(160)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_M)
        layout.addStretch()
        layout.addWidget(theme.label(self.tr("Saving…"), "heading"), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(progress, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        self.hide()

    def cover(self) -> None:
        self.raise_()
        self.show()

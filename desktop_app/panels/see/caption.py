"""Caption: a sentence about the picture, again and again or when it changed, and those before it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app import i18n, theme
from desktop_app.context import AppContext
from desktop_app.panels.see.lane_head import LaneHead
from desktop_app.panels.see.model_choice import ModelChoice, StarterNote
from desktop_app.sessions.choices import asks_to_describe
from desktop_app.settings import CAPTION_QUESTION, See, extra_of
from desktop_app.widgets.elided_combo import ElidedCombo, prepare_list
from desktop_app.widgets.page import prepare_number
from desktop_app.widgets.screen_reader import announce
from workers.results import Caption, Seen

QUESTIONS = (
    CAPTION_QUESTION,
    "What do you see?",
    "What are the people doing?",
    "What is written there?",
    "Is anything unusual or dangerous?",
)
KEPT = 100
ROOMY_FROM_PX = 300  # of the whole tab
TIME_PX = 76


class CaptionTab(QWidget):
    """Shows `session.caption` and remembers what it said."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._session = context.sessions.vision
        self._shown = ("", "")  # when it came, and what it says
        self.head = LaneHead(
            self._session,
            self._session.caption,
            self.tr("Describe what is seen"),
            self.tr("Describe the newest picture again and again (Ctrl+D)"),
        )
        self.model = ModelChoice(context, "caption")
        self.note = StarterNote(context, self.model)
        self.options_button = theme.icon_button(
            "preferences", self.tr("Options"), tip=self.tr("How descriptions begin, and how often there is one")
        )
        self.options_button.setCheckable(True)
        self.prefix = QLineEdit()
        self.prefix.setAccessibleName(self.tr("Begins with"))
        self.prefix.setPlaceholderText(self.tr("such as “a photo of”"))
        self.prefix.setToolTip(self.tr("Descriptions begin with these words"))
        self.question = QComboBox()
        self.question.setEditable(True)
        self.question.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.question.addItems(QUESTIONS)
        self.question.setMinimumContentsLength(6)
        self.question.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.question.setAccessibleName(self.tr("Question"))
        self.question.setToolTip(self.tr("What is asked about the picture again and again"))
        prepare_list(self.question)
        self.where = theme.label("", "caption", wrap=True)
        self.when = ElidedCombo(self.tr("Describe"), self.tr("A picture that stays the same needs no new description"))
        for value, label in extra_of(See.model_fields["caption_when"])["labels"].items():
            self.when.addItem(i18n.from_settings(label), value)
        self.interval = QDoubleSpinBox()
        self.interval.setRange(0.0, 3600.0)
        self.interval.setDecimals(1)
        self.interval.setSuffix(self.tr(" s"))
        tip = self.tr("At least so long from one description to the next")
        prepare_number(self.interval, self.tr("At most every"), tip)
        self.options = QWidget()
        self.options.hide()

        self.text = theme.label("", "heading", wrap=True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.text.setSizePolicy(policy)
        self.copy_button = theme.icon_button("copy", self.tr("Copy"), tip=self.tr("Copy this description"))
        self.earlier = _Earlier()
        self.earlier.setColumnCount(2)
        self.earlier.setHeaderHidden(True)
        self.earlier.setRootIsDecorated(False)
        self.earlier.setUniformRowHeights(True)
        self.earlier.setColumnWidth(0, TIME_PX)
        self.earlier.setAccessibleName(self.tr("Earlier descriptions"))
        self.earlier.setToolTip(self.tr("Earlier descriptions; Ctrl+C copies the chosen one"))
        self.earlier.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.earlier_title = theme.label(self.tr("Before"), "caption")

        self._lay_out()
        self._connect()
        self._show_settings()
        self._show_model()
        self._show_text()

    def _lay_out(self) -> None:
        models = QHBoxLayout()
        models.setSpacing(theme.SPACE_XS)
        models.addWidget(self.model, 1)
        models.addWidget(self.options_button)
        self.form = form = QFormLayout(self.options)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(theme.SPACE_S)
        form.addRow(self.tr("Begins with"), self.prefix)
        form.addRow(self.tr("Question"), self.question)
        form.addRow(self.tr("Describe"), self.when)
        form.addRow(self.tr("At most every"), self.interval)
        now = QHBoxLayout()
        now.setSpacing(theme.SPACE_XS)
        now.addWidget(self.text, 1)
        now.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        self.told = QWidget()
        told = QVBoxLayout(self.told)
        told.setContentsMargins(0, theme.SPACE_S, 0, 0)
        told.setSpacing(theme.SPACE_S)
        told.addLayout(now)
        told.addSpacing(theme.SPACE_S)
        told.addWidget(self.earlier_title)
        told.addWidget(self.earlier, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addWidget(self.head)
        layout.addLayout(models)
        layout.addWidget(self.note)
        layout.addWidget(self.where)
        layout.addWidget(self.options)
        layout.addWidget(self.told, 1)
        layout.addStretch()

    def _connect(self) -> None:
        change = self._context.change_setting
        self.head.switch.toggled.connect(self._session.caption.set_on)
        self.options_button.toggled.connect(self._show_options)
        self.prefix.editingFinished.connect(lambda: change("see.caption_prefix", self.prefix.text().strip()))
        field = self.question.lineEdit()
        assert field is not None
        field.editingFinished.connect(lambda: change("see.caption_question", self.question.currentText().strip()))
        self.question.activated.connect(lambda _row: change("see.caption_question", self.question.currentText()))
        self.model.model_changed.connect(self._show_model)
        self.when.activated.connect(lambda row: change("see.caption_when", self.when.itemData(row)))
        self.interval.valueChanged.connect(lambda seconds: change("see.caption_interval_s", seconds))
        self.copy_button.clicked.connect(self.copy)
        self._session.caption.seen.connect(self._on_seen)
        self._session.caption.changed.connect(self._show_text)
        self._context.settings_changed.connect(self._on_settings_changed)

    def _show_options(self, is_open: bool) -> None:
        self.options.setVisible(is_open)
        self.note.give_way(is_open)
        self._make_room()

    def _make_room(self) -> None:
        """Where there is little height, open options take the place of what was told."""
        self.told.setVisible(self.height() >= ROOMY_FROM_PX or not self.options_button.isChecked())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _show_settings(self) -> None:
        see = self._context.settings.see
        self.prefix.setText(see.caption_prefix)
        self.question.setCurrentText(see.caption_question)
        field = self.question.lineEdit()
        assert field is not None
        field.setCursorPosition(0)  # its beginning is seen, not its end
        self.when.setCurrentIndex(self.when.findData(see.caption_when))
        self.interval.setValue(see.caption_interval_s)

    def _show_model(self) -> None:
        """What it can be told, and where pictures go."""
        is_asked = asks_to_describe(self.model.engine)
        self.form.setRowVisible(self.prefix, not is_asked)
        self.form.setRowVisible(self.question, is_asked)
        self.where.setText(self.tr("Pictures go to {place}.").format(place=self.model.server))
        self.where.setVisible(bool(self.model.server))

    @property
    def newest_text(self) -> str:
        """What is seen now; empty while nothing is."""
        newest = self._session.caption.newest
        return newest.result.text if newest is not None and isinstance(newest.result, Caption) else ""

    def copy(self) -> None:
        if self.newest_text:
            QGuiApplication.clipboard().setText(self.newest_text)
            self._context.notify("info", self.tr("Copied."))

    def _show_text(self) -> None:
        text, is_on = self.newest_text, self._session.caption.is_on
        nothing = self.tr("…") if is_on else self.tr("Switch it on to read what is seen.")
        self.text.setText(text or nothing)
        self.text.setProperty("role", "heading" if text else "muted")
        theme.refresh(self.text)
        self.copy_button.setVisible(bool(text))
        self.earlier_title.setVisible(self.earlier.topLevelItemCount() > 0)

    def _on_seen(self, seen: Seen) -> None:
        if not isinstance(seen.result, Caption):
            return
        if seen.result.text != self._shown[1]:
            if self._shown[1]:
                self._remember(*self._shown)
            self._shown = datetime.now().strftime("%H:%M:%S"), seen.result.text
            announce(self, seen.result.text)
        self._show_text()

    def _remember(self, when: str, text: str) -> None:
        row = QTreeWidgetItem([when, text])
        row.setForeground(0, theme.color("muted"))
        row.setToolTip(1, text)
        self.earlier.insertTopLevelItem(0, row)
        while self.earlier.topLevelItemCount() > KEPT:
            self.earlier.takeTopLevelItem(KEPT)

    def _on_settings_changed(self, place: str) -> None:
        if place.startswith("see.caption"):
            self._show_settings()


class _Earlier(QTreeWidget):
    """Ctrl+C copies the chosen description."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.currentItem()
        if event.matches(QKeySequence.StandardKey.Copy) and chosen is not None:
            QGuiApplication.clipboard().setText(chosen.text(1))
        else:
            super().keyPressEvent(event)

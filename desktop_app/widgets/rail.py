"""The navigation at the left: one button a page, icon and label, or the icon alone where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop_app import i18n, theme
from desktop_app.panels import TOOLS_FROM, PanelInfo

WIDTH_PX = 188
COLLAPSED_WIDTH_PX = 56


class Rail(QFrame):
    """Signals: panel_chosen(str): the id of the page that was clicked."""

    panel_chosen = Signal(str)

    def __init__(self, menu_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._is_collapsed = False
        self._buttons: dict[str, QToolButton] = {}

        self._mark = QLabel()
        self._mark.setPixmap(theme.app_icon().pixmap(24, 24))
        self._name = theme.label("Sensorium", "strong")
        self._menu = theme.icon_button("menu", menu_action.text(), tip=menu_action.toolTip())
        self._menu.clicked.connect(menu_action.trigger)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(theme.SPACE_S, 0, 0, 0)
        self._head.setSpacing(theme.SPACE_S)
        self._head.addWidget(self._mark)
        self._head.addWidget(self._name, 1)
        self._head.addWidget(self._menu)

        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(theme.SPACE_S, theme.SPACE_M, theme.SPACE_S, theme.SPACE_S)
        self._layout.setSpacing(2)
        self._layout.addLayout(self._head)
        self._layout.addSpacing(theme.SPACE_M)
        self._layout.addStretch()
        self._group = QButtonGroup(self)
        self.set_collapsed(False)

    def add_panels(self, panels: list[PanelInfo]) -> None:
        """Adds a button a page: tools at the foot, the others below the head."""
        stretch = self._layout.count() - 1
        for number, panel in enumerate(panels, 1):
            button = self._button(panel, number)
            self._group.addButton(button)
            self._layout.insertWidget(self._layout.count() if panel.order >= TOOLS_FROM else stretch, button)
            stretch += panel.order < TOOLS_FROM
        self.set_collapsed(self._is_collapsed)

    @property
    def menu_button(self) -> QToolButton:
        return self._menu

    def button(self, panel_id: str) -> QToolButton:
        return self._buttons[panel_id]

    def set_current(self, panel_id: str) -> None:
        self._buttons[panel_id].setChecked(True)

    @property
    def is_collapsed(self) -> bool:
        return self._is_collapsed

    def set_collapsed(self, is_collapsed: bool) -> None:
        """Shows icons only, or icons with labels."""
        self._is_collapsed = is_collapsed
        self.setFixedWidth(COLLAPSED_WIDTH_PX if is_collapsed else WIDTH_PX)
        self._mark.setVisible(not is_collapsed)
        self._name.setVisible(not is_collapsed)
        self._head.setContentsMargins(4 if is_collapsed else theme.SPACE_S, 0, 0, 0)
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if is_collapsed else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in self._buttons.values():
            button.setToolButtonStyle(style)

    def _button(self, panel: PanelInfo, number: int) -> QToolButton:
        title = i18n.from_panels(panel.title)
        button = QToolButton()
        button.setProperty("role", "rail")
        button.setText(f"  {title}")
        button.setAccessibleName(title)
        button.setCheckable(True)
        button.setIcon(theme.icon(panel.icon))
        button.setIconSize(QSize(theme.ICON_SIZE + 2, theme.ICON_SIZE + 2))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click the keys go to the page
        keys = [f"Ctrl+{number}"] if number <= 9 else []
        keys += [panel.shortcut] if panel.shortcut else []
        tip = f"{title} ({', '.join(keys)})" if keys else title
        button.setToolTip("\n".join(filter(None, [tip, i18n.from_panels(panel.description)])))
        button.clicked.connect(lambda _checked=False, panel_id=panel.id: self.panel_chosen.emit(panel_id))
        self._buttons[panel.id] = button
        return button

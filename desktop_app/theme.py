"""Colours, spacing, type and icons of the window, light and dark; follows the system unless the user chose.

A widget says what it is, never how it looks: `label.setProperty("role", "muted")`, `button.setProperty("kind",
"primary")`. Widgets that paint themselves read `colors()` in `paintEvent`, and are repainted when the theme changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from desktop_app.paths import ASSETS_DIR
from desktop_app.settings import ThemeChoice

ICONS_DIR = ASSETS_DIR / "icons"

# Everything sits on a grid of 4 px.
SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL, SPACE_XXL = 4, 8, 12, 16, 24, 32
RADIUS_S, RADIUS_M, RADIUS_L = 4, 6, 10
CONTROL_HEIGHT = 32
CONTENT_WIDTH = 760  # a column that reads well; pages centre it when the window is wider
ICON_SIZE = 18


@dataclass(frozen=True)
class Colors:
    """One colour a meaning. Text on its background keeps 4.5:1, `faint` and borders of controls 3:1."""

    is_dark: bool
    window: str  # behind everything: rail and status bar
    surface: str  # where the work is
    raised: str  # cards, menus, fields
    hover: str
    border: str
    control: str  # edges of fields and buttons
    border_strong: str  # edges that carry meaning: switches, check boxes, handles
    text: str
    muted: str
    faint: str  # unconfirmed words, disabled, placeholders
    accent: str
    accent_hover: str
    accent_soft: str  # what is selected
    on_accent: str
    danger: str
    danger_soft: str
    warning: str
    warning_soft: str
    success: str
    success_soft: str


LIGHT = Colors(
    is_dark=False,
    window="#f4f4f6",
    surface="#fcfcfd",
    raised="#ffffff",
    hover="#ebebef",
    border="#e3e3e8",
    control="#cfd1d8",
    border_strong="#868993",
    text="#1a1b1f",
    muted="#5a5d66",
    faint="#7d808a",
    accent="#4353cf",
    accent_hover="#3645b5",
    accent_soft="#e8eafb",
    on_accent="#ffffff",
    danger="#c02b3c",
    danger_soft="#fcebec",
    warning="#8f5600",
    warning_soft="#fdf3e0",
    success="#1b7a48",
    success_soft="#e6f5ec",
)
DARK = Colors(
    is_dark=True,
    window="#131417",
    surface="#191a1e",
    raised="#212227",
    hover="#2a2b31",
    border="#2b2c33",
    control="#3d3f48",
    border_strong="#787c87",
    text="#ececf0",
    muted="#a6a9b3",
    faint="#80848f",
    accent="#8f9cff",
    accent_hover="#a7b1ff",
    accent_soft="#2a2d4d",
    on_accent="#12132a",
    danger="#ff7b86",
    danger_soft="#3b2126",
    warning="#f0b35c",
    warning_soft="#37291a",
    success="#63d394",
    success_soft="#1b3226",
)

# Pixels relative to the system's font, so that a larger system font enlarges everything: (factor, weight).
TYPE_SCALE = {
    "display": (1.85, QFont.Weight.DemiBold),
    "title": (1.5, QFont.Weight.DemiBold),
    "heading": (1.15, QFont.Weight.DemiBold),
    "body": (1.0, QFont.Weight.Normal),
    "strong": (1.0, QFont.Weight.DemiBold),
    "caption": (0.88, QFont.Weight.Normal),
    "transcript": (1.25, QFont.Weight.Normal),
}
MIN_BASE_PX = 13
CHINESE_FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei")


class Theme(QObject):
    """What is in force now, for the whole application.

    Signals:
        changed: colours are new; everything styled by the sheet has been polished already.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colors = LIGHT
        self.choice: ThemeChoice = "system"
        self.reduce_motion = False
        self.base_px = MIN_BASE_PX

    def apply(self, choice: ThemeChoice) -> None:
        """Follows the system, or holds to light or dark."""
        self.choice = choice
        hints = QGuiApplication.styleHints()
        hints.setColorScheme(
            {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[choice]
        )
        self._on_scheme_changed(hints.colorScheme())

    def _on_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        is_dark = scheme == Qt.ColorScheme.Dark if self.choice == "system" else self.choice == "dark"
        self.colors = DARK if is_dark else LIGHT
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setPalette(palette(self.colors))
            app.setStyleSheet(style_sheet(self.colors, self.base_px))
        self.changed.emit()


@cache
def theme() -> Theme:
    """The application's one theme; usable without a window (colours are light then)."""
    return Theme()


def install(app: QApplication, choice: ThemeChoice, *, reduce_motion: bool = False) -> None:
    """Gives the application its look and lets it follow the system from now on."""
    app.setStyle("Fusion")
    current = theme()
    current.reduce_motion = reduce_motion
    current.base_px = max(MIN_BASE_PX, QFontInfo(app.font()).pixelSize())
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(current.base_px)
    # Without the Chinese families, a glyph that the system's font lacks may come in its Japanese shape.
    font.setFamilies([QFontInfo(font).family(), *CHINESE_FAMILIES])
    app.setFont(font)
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(current._on_scheme_changed, Qt.ConnectionType.UniqueConnection)
    current.apply(choice)


def colors() -> Colors:
    return theme().colors


def color(meaning: str, alpha: float = 1.0) -> QColor:
    """A colour by its name in `Colors`, see-through by `alpha`."""
    value = QColor(getattr(colors(), meaning))
    value.setAlphaF(alpha)
    return value


def font(role: str) -> QFont:
    """The application's font in a role of `TYPE_SCALE`, for widgets that paint or measure text."""
    factor, weight = TYPE_SCALE[role]
    value = QApplication.font()
    value.setPixelSize(round(theme().base_px * factor))
    value.setWeight(weight)
    return value


def mono_font() -> QFont:
    value = QFont("monospace")
    value.setStyleHint(QFont.StyleHint.Monospace)
    value.setPixelSize(round(theme().base_px * 0.92))
    return value


def motion_ms(duration_ms: int) -> int:
    """How long a movement takes: nothing when the user wants less motion."""
    return 0 if theme().reduce_motion else duration_ms


def refresh(widget: QWidget) -> None:
    """Lets the style sheet look again after a property such as "role" changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


# ── small builders, so that panels read top to bottom ────────────────────────────────────────────────────────────────


def label(text: str, role: str = "body", *, wrap: bool = False) -> QLabel:
    """A label in a role: display, title, heading, strong, body, muted, caption."""
    widget = QLabel(text)
    widget.setProperty("role", role)
    widget.setWordWrap(wrap)
    return widget


def button(text: str, kind: str = "plain", icon_name: str = "", *, tip: str = "") -> QPushButton:
    """A push button: primary, plain, quiet or danger."""
    widget = QPushButton(text)
    widget.setProperty("kind", kind)
    widget.setIconSize(QSize(ICON_SIZE + 4, ICON_SIZE - 2))  # wider than high: room before the text
    if icon_name:
        widget.setIcon(icon(icon_name, {"primary": "on_accent", "danger": "danger"}.get(kind, "muted")))
    widget.setToolTip(tip or text)
    return widget


def icon_button(icon_name: str, name: str, *, tip: str = "") -> QToolButton:
    """A button with an icon only; `name` is read by screen readers and shown as a tooltip."""
    widget = QToolButton()
    widget.setIcon(icon(icon_name))
    widget.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    widget.setAccessibleName(name)
    widget.setToolTip(tip or name)
    widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space and the arrows to the page
    return widget


# ── icons ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def icon(name: str, tone: str = "muted") -> QIcon:
    """An icon of assets/icons in a colour of `Colors`; it follows the theme by itself, and is accent when checked."""
    return QIcon(_TintedIcon(name, tone))


def app_icon() -> QIcon:
    return QIcon(str(ICONS_DIR / "sensorium.svg"))


class _TintedIcon(QIconEngine):
    """Draws an SVG whose strokes are `currentColor` in the colour that holds at that moment."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name, self._tone = name, tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        tone = self._tone
        if mode == QIcon.Mode.Disabled:
            tone = "faint"
        elif state == QIcon.State.On and tone == "muted":
            tone = "accent"
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        _renderer(self._name, getattr(colors(), tone)).render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        return pixmap

    def clone(self) -> QIconEngine:
        return _TintedIcon(self._name, self._tone)


@cache
def _renderer(name: str, stroke: str) -> QSvgRenderer:
    return QSvgRenderer(_source(name).replace("currentColor", stroke).encode())


@cache
def _source(name: str) -> str:
    return (ICONS_DIR / f"{name}.svg").read_text("utf-8")


def read_icons() -> None:
    """Reads all icons, so that no paint waits for the disk later. From any thread."""
    for file in ICONS_DIR.glob("*.svg"):
        _source(file.stem)


# ── palette and sheet ────────────────────────────────────────────────────────────────────────────────────────────────


def palette(c: Colors) -> QPalette:
    """For what the sheet does not reach: native parts, links, placeholder text, selections."""
    role = QPalette.ColorRole
    value = QPalette()
    for meaning, colour in {
        role.Window: c.surface,
        role.WindowText: c.text,
        role.Base: c.raised,
        role.AlternateBase: c.surface,
        role.Text: c.text,
        role.Button: c.raised,
        role.ButtonText: c.text,
        role.BrightText: c.danger,
        role.PlaceholderText: c.faint,
        role.ToolTipBase: c.raised,
        role.ToolTipText: c.text,
        role.Highlight: c.accent,
        role.HighlightedText: c.on_accent,
        role.Link: c.accent,
        role.LinkVisited: c.accent,
        role.Accent: c.accent,
        role.Light: c.raised,
        role.Midlight: c.hover,
        role.Mid: c.border,
        role.Dark: c.border_strong,
        role.Shadow: c.window,
    }.items():
        value.setColor(meaning, QColor(colour))
    for meaning in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        value.setColor(QPalette.ColorGroup.Disabled, meaning, QColor(c.faint))
    value.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(c.border))
    return value


def style_sheet(c: Colors, base_px: int) -> str:
    """The one sheet of the application."""
    type_rules = "\n".join(
        f'QLabel[role="{role}"] {{ font-size: {round(base_px * factor)}px; font-weight: {weight.value}; }}'
        for role, (factor, weight) in TYPE_SCALE.items()
    )
    chevron = (ICONS_DIR / f"chevron-{'dark' if c.is_dark else 'light'}.svg").as_posix()
    tick = (ICONS_DIR / f"tick-{'dark' if c.is_dark else 'light'}.svg").as_posix()
    return f"""
QMainWindow, QDialog {{ background: {c.window}; }}
QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.border}; padding: 4px 8px; }}
{type_rules}
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {c.muted}; }}
QLabel[role="caption"] {{ color: {c.muted}; }}
QLabel[role="muted"]:disabled, QLabel[role="caption"]:disabled {{ color: {c.faint}; }}
QLabel[role="caption"][tone="warning"] {{ color: {c.warning}; }}
QLabel[role="danger"] {{ color: {c.danger}; }}
QLabel[role="success"] {{ color: {c.success}; }}
QLabel[role="warning"] {{ color: {c.warning}; }}

QFrame[role="surface"] {{ background: {c.surface}; border: none; }}
QFrame[role="card"] {{ background: {c.raised}; border: 1px solid {c.border}; border-radius: {RADIUS_L}px; }}
QFrame[role="palette"] {{ background: {c.raised}; border: 1px solid {c.control}; border-radius: {RADIUS_L}px; }}
QLineEdit#paletteSearch, QLineEdit#paletteSearch:focus {{ border: none; padding: 5px 9px; background: transparent; }}
QFrame[role="composer"] {{ background: {c.raised}; border: 1px solid {c.control}; border-radius: {RADIUS_L}px; }}
QFrame[role="composer"] QPlainTextEdit, QFrame[role="composer"] QPlainTextEdit:focus {{
    border: none; padding: 4px; background: transparent; }}
QFrame[role="line"] {{ background: {c.border}; border: none; min-height: 1px; max-height: 1px; }}
QLabel[role="badge"] {{ background: {c.hover}; color: {c.muted}; border-radius: {RADIUS_S}px; padding: 2px 6px;
    font-size: {round(base_px * 0.85)}px; }}
QLabel[role="badge"][tone="accent"] {{ background: {c.accent_soft}; color: {c.accent}; }}
QLabel[role="badge"][tone="success"] {{ background: {c.success_soft}; color: {c.success}; }}
QLabel[role="badge"][tone="warning"] {{ background: {c.warning_soft}; color: {c.warning}; }}
QLabel[role="badge"][tone="danger"] {{ background: {c.danger_soft}; color: {c.danger}; }}
QLabel[role="key"] {{ background: {c.surface}; color: {c.muted}; border: 1px solid {c.border};
    border-radius: {RADIUS_S}px; padding: 1px 6px; font-size: {round(base_px * 0.85)}px; }}

QPushButton {{ min-height: {CONTROL_HEIGHT - 14}px; padding: 6px 12px; border-radius: {RADIUS_M}px;
    border: 1px solid {c.control}; background: {c.raised}; color: {c.text}; }}
QPushButton:hover {{ background: {c.hover}; }}
QPushButton:pressed {{ background: {c.border}; }}
QPushButton:checked {{ background: {c.accent_soft}; color: {c.accent}; border-color: {c.accent_soft}; }}
QPushButton:disabled {{ color: {c.faint}; background: {c.surface}; }}
QPushButton[kind="primary"] {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent};
    font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ background: {c.accent_hover}; border-color: {c.accent_hover}; }}
QPushButton[kind="primary"]:disabled {{ background: {c.hover}; border-color: {c.hover}; color: {c.faint}; }}
QPushButton[kind="danger"] {{ color: {c.danger}; }}
QPushButton[kind="danger"]:hover {{ background: {c.danger_soft}; border-color: {c.danger_soft}; }}
QPushButton[kind="quiet"] {{ background: transparent; border-color: transparent; color: {c.muted}; }}
QPushButton[kind="quiet"]:hover {{ background: {c.hover}; color: {c.text}; }}
QPushButton[kind="link"] {{ background: transparent; border-color: transparent; color: {c.accent}; padding: 6px 4px; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton:focus {{ border: 2px solid {c.accent}; padding: 5px 11px; }}
QPushButton[kind="primary"]:focus {{ border-color: {c.text}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}

QToolButton {{ min-width: {CONTROL_HEIGHT - 6}px; min-height: {CONTROL_HEIGHT - 6}px; padding: 1px;
    border: 2px solid transparent; border-radius: {RADIUS_M}px; background: transparent; color: {c.muted}; }}
QToolButton:hover {{ background: {c.hover}; color: {c.text}; }}
QToolButton:checked {{ background: {c.accent_soft}; color: {c.accent}; }}
QToolButton:focus {{ border-color: {c.accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QToolButton[role="small"] {{ min-width: 20px; min-height: 20px; padding: 0; }}

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {{ min-height: {CONTROL_HEIGHT - 12}px; padding: 4px 8px;
    border: 1px solid {c.control}; border-radius: {RADIUS_M}px; background: {c.raised}; color: {c.text};
    selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QPlainTextEdit, QTextEdit, QTextBrowser {{ border: 1px solid {c.control}; border-radius: {RADIUS_M}px;
    background: {c.raised}; color: {c.text}; padding: 4px;
    selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QComboBox:on {{
    border: 2px solid {c.accent}; padding: 3px 7px; }}
QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus {{ border: 2px solid {c.accent}; padding: 3px; }}
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled, QPlainTextEdit:disabled {{
    color: {c.faint}; background: {c.surface}; border-color: {c.border}; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit:focus {{
    border: none; padding: 0; min-height: 0; background: transparent; }}
QLineEdit QToolButton {{ min-width: 0; min-height: 0; padding: 0; border: none; background: transparent; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox::down-arrow {{ image: url({chevron}); width: 16px; height: 16px; }}
QComboBox QAbstractItemView {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.control};
    outline: none; selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}
QComboBox QAbstractItemView::item {{ min-height: 28px; padding: 0 8px; border-radius: {RADIUS_S}px; }}
QComboBox QAbstractItemView::item:disabled {{ color: {c.faint}; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
    subcontrol-position: top right; width: 0; border: none; }}

QCheckBox, QRadioButton {{ spacing: 8px; color: {c.text}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {c.faint}; }}
QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {c.border_strong}; border-radius: {RADIUS_S}px;
    background: {c.raised}; }}
QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent}; image: url({tick}); }}
QCheckBox::indicator:focus {{ border: 2px solid {c.accent}; width: 14px; height: 14px; }}

QMenu {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.border}; padding: 6px; }}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: {RADIUS_S}px; }}
QMenu::item:selected {{ background: {c.accent_soft}; }}
QMenu::item:disabled {{ color: {c.faint}; }}
QMenu::separator {{ height: 1px; background: {c.border}; margin: 6px 4px; }}
QMenu::icon {{ padding-left: 8px; }}

QProgressBar {{ border: none; border-radius: 3px; background: {c.hover}; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ border-radius: 3px; background: {c.accent}; }}

QSlider:horizontal {{ min-height: 20px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {c.hover}; }}
QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: {c.raised};
    border: 1px solid {c.border_strong}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {c.accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {c.border}; }}
QSlider::handle:horizontal:disabled {{ background: {c.surface}; border-color: {c.border}; }}

QScrollArea, QStackedWidget {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget[role="page"] {{ background: transparent; }}
QScrollBar:vertical {{ width: 12px; background: transparent; margin: 0; }}
QScrollBar:horizontal {{ height: 12px; background: transparent; margin: 0; }}
QScrollBar::handle {{ background: {c.border}; border-radius: 3px; margin: 3px; min-height: 32px; min-width: 32px; }}
QScrollBar::handle:hover {{ background: {c.border_strong}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: none; width: 0; height: 0; }}

QListView, QTreeView, QTableView {{ background: transparent; border: none; color: {c.text}; outline: none;
    alternate-background-color: {c.surface}; selection-background-color: {c.accent_soft};
    selection-color: {c.text}; }}
QListView::item {{ border-radius: {RADIUS_M}px; padding: 6px 8px; }}
QListView::item:hover, QTableView::item:hover, QTreeView::item:hover {{ background: {c.hover}; }}
QListView::item:selected, QTableView::item:selected, QTreeView::item:selected {{
    background: {c.accent_soft}; color: {c.text}; }}
QHeaderView {{ background: transparent; border: none; }}
QTableView::item {{ padding: 0 8px; }}
QHeaderView::section {{ background: transparent; color: {c.muted}; border: none;
    border-bottom: 1px solid {c.border}; padding: 6px 8px 6px 11px; text-align: left; }}
QTabBar::tab {{ padding: 6px 12px; color: {c.muted}; border: none; border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
QTabBar::tab:hover {{ color: {c.text}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {c.border}; }}
QSplitter::handle {{ background: {c.border}; }}
QSplitter[role="gap"]::handle {{ background: transparent; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}

QFrame#rail, QFrame#statusBar {{ background: {c.window}; border: none; }}
QFrame#content {{ background: {c.surface}; border: none; border-left: 1px solid {c.border};
    border-bottom: 1px solid {c.border}; }}
QToolButton[role="rail"] {{ padding: 4px 8px; min-height: 24px; text-align: left; color: {c.muted};
    border-radius: {RADIUS_M}px; }}
QToolButton[role="rail"]:hover {{ color: {c.text}; }}
QToolButton[role="rail"]:checked {{ color: {c.text}; background: {c.hover}; font-weight: 600; }}
QFrame#statusBar QLabel {{ color: {c.muted}; font-size: {round(base_px * 0.88)}px; }}
QFrame#statusBar QToolButton {{ font-size: {round(base_px * 0.88)}px; min-height: 18px; padding: 0 4px; }}
QFrame[role="banner"] {{ border-radius: {RADIUS_M}px; border: 1px solid {c.border}; }}
QFrame[role="toast"] {{ background: {c.accent_soft}; border: 1px solid {c.control}; border-radius: {RADIUS_L}px; }}
QFrame[role="banner"][tone="warning"] {{ background: {c.warning_soft}; border-color: {c.warning_soft}; }}
QFrame[role="banner"][tone="error"] {{ background: {c.danger_soft}; border-color: {c.danger_soft}; }}
"""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app import theme
from desktop_app.theme import DARK, LIGHT, Colors


@pytest.fixture(autouse=True)
def plain_again(qapp):
    yield
    theme.theme().apply("system")
    qapp.setStyleSheet("")


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    value = QColor(colour)
    return 0.2126 * linear(value.redF()) + 0.7152 * linear(value.greenF()) + 0.0722 * linear(value.blueF())


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [
        *((ink, paper, 4.5) for ink in ("text", "muted") for paper in ("window", "surface", "raised", "hover")),
        *((ink, "raised", 4.5) for ink in ("accent", "danger", "warning", "success")),
        *((tone, f"{tone}_soft", 4.5) for tone in ("accent", "danger", "warning", "success")),
        *(("muted", f"{tone}_soft", 4.5) for tone in ("accent", "danger", "warning")),
        ("on_accent", "accent", 4.5),
        ("on_accent", "accent_hover", 4.5),
        *(("faint", paper, 3.0) for paper in ("surface", "raised")),
        *(("border_strong", paper, 3.0) for paper in ("surface", "raised")),
        *(("accent", paper, 3.0) for paper in ("window", "surface")),
    ],
)
def test_contrast_is_enough(colors: Colors, ink: str, paper: str, least: float):
    assert contrast(getattr(colors, ink), getattr(colors, paper)) >= least


def test_dark_and_light_change_palette_and_sheet_at_once(qapp: QApplication, qtbot):
    theme.install(qapp, "light")
    with qtbot.waitSignal(theme.theme().changed):
        theme.theme().apply("dark")

    assert qapp.palette().window().color() == QColor(DARK.surface)
    assert DARK.window in qapp.styleSheet()
    assert theme.colors().is_dark


def test_system_theme_is_followed_live(qapp: QApplication):
    theme.install(qapp, "system")
    for scheme, is_dark in ((Qt.ColorScheme.Dark, True), (Qt.ColorScheme.Light, False)):
        qapp.styleHints().colorSchemeChanged.emit(scheme)  # as the desktop makes it do

        assert theme.colors().is_dark == is_dark


def test_chosen_theme_holds_against_the_system(qapp: QApplication):
    theme.install(qapp, "light")

    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)

    assert not theme.colors().is_dark


def average(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> QColor:
    image = icon.pixmap(QSize(24, 24), mode, state).toImage()
    opaque = [image.pixelColor(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 250]
    return opaque[0]


def test_icons_follow_the_theme_and_the_state(qapp: QApplication):
    icon = theme.icon("stop")
    theme.install(qapp, "light")
    assert average(icon) == QColor(LIGHT.muted)
    theme.theme().apply("dark")
    assert average(icon) == QColor(DARK.muted)

    assert average(icon, state=QIcon.State.On) == QColor(DARK.accent)
    assert average(icon, mode=QIcon.Mode.Disabled) == QColor(DARK.faint)


def test_every_icon_that_is_named_exists():
    sources = [path.read_text() for path in theme.ASSETS_DIR.parent.joinpath("desktop_app").rglob("*.py")]
    named = {name for text in sources for name in re.findall(r"theme\.icon\(\s*\"([a-z-]+)\"", text)}

    assert named
    assert [name for name in named if not (theme.ICONS_DIR / f"{name}.svg").is_file()] == []


def test_sheet_uses_pictures_that_exist():
    for colors in (LIGHT, DARK):
        for path in re.findall(r"url\((.*?)\)", theme.style_sheet(colors, 13)):
            assert Path(path).is_file()


def test_motion_takes_no_time_when_reduced():
    theme.theme().reduce_motion = True
    assert theme.motion_ms(120) == 0

    theme.theme().reduce_motion = False
    assert theme.motion_ms(120) == 120


def test_both_themes_differ_in_every_colour():
    same = [field.name for field in fields(Colors) if getattr(LIGHT, field.name) == getattr(DARK, field.name)]

    assert same == []

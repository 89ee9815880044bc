"""Hear: press one key, speak, and read what you say; the page that stays open all day.

page             the page: the transcript, what happens to a recording, keys and drops
choices          at its top: source, language, model
recovery_card    offers to finish what a crash or a failure cut off
files_card       files that are being transcribed
empty            what stands there before the first word
dock             at its foot: record, pause, clock, status, level
"""

from desktop_app.panels import PanelInfo
from desktop_app.panels.hear.page import HearPanel

PANEL = PanelInfo(
    "hear", "Hear", "hear", 10, HearPanel, description="Speak and read what you say, or transcribe files."
)

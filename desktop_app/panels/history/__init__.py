"""History: everything that was said, seen and drawn: found by words and by picture, read, heard again and exported.

page           the page: what is chosen and what is done with it
side           at its left: what is searched for, filters and the list
search_field   words, or a picture to find others like it
search         what the list shows: which items, and where in them the words are
folders        folders of the user's own pictures
transcript     at its right: the chosen transcript
picture        or the chosen picture, with what was said about it
"""

from desktop_app.panels import PanelInfo
from desktop_app.panels.history.page import HistoryPanel

PANEL = PanelInfo(
    "history",
    "History",
    "history",
    20,
    HistoryPanel,
    description="Everything that was said, seen and drawn: find it again.",
)

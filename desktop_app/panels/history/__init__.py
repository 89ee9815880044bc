"""History: everything that was said, found by a word, read, heard again, corrected and exported.

page         the page: what is chosen and what is done with it
search       what the list shows: which items, and where in them the words are
side         at its left: the search field, filters and the list
undo_bar     deletes what was taken from the list, unless it is taken back in time
transcript   at its right: the chosen transcript
"""

from desktop_app.panels import PanelInfo
from desktop_app.panels.history.page import HistoryPanel

PANEL = PanelInfo(
    "history", "History", "history", 20, HistoryPanel, description="Everything that was said: find and hear it."
)

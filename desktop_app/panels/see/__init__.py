"""See: point a camera at something, and read and ask what it shows.

page           the page: the picture beside what is said about it, keys, drops and pastes
choices        at its top: what is looked at, and in which size
stage          the picture, what stands in its place before there is one, and what is wrong with the camera
dock           at its foot: start, freeze, keep; turn, zoom, a part of the picture
ask            a chat about the picture
labels         which labels fit it
caption        a sentence about it
watch          what is looked for, and when it was seen
lane_head      the switch above labels and captions
model_choice   which model, and the note about a starter
"""

from desktop_app.panels import PanelInfo
from desktop_app.panels.see.page import SeePanel

PANEL = PanelInfo("see", "See", "see", 15, SeePanel, description="Point a camera at something, and ask what it shows.")

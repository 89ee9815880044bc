"""Draw: sketch on a canvas, say what it should be, and see the picture form while the pen moves.

page           the page: the canvas beside the picture, keys, drops and pastes
prompt_bar     at its foot: what it should be, live or not, generate and cancel
picture_side   the picture that forms, and what can be done with it
options_side   model, control, colours, steps, seed: what is not needed to begin
lora_rows      what teaches the model a style or to need few steps
results_strip  the pictures that were kept
drawings       the drawings of before, to open or delete one
"""

from desktop_app.panels import PanelInfo
from desktop_app.panels.draw.page import DrawPanel

PANEL = PanelInfo(
    "draw", "Draw", "draw", 17, DrawPanel, description="Sketch, say what it should be, and watch the picture form."
)

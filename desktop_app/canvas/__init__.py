"""The drawing: a document of layers, the tools that change it, the widget that shows it, and what keeps it safe.

document.py   the drawing itself: layers, revisions, strokes, undo; needs no widget
tiles.py      how pixels are kept; ink.py, strokes.py, fill.py how they are changed; undo.py how they come back
snapshot.py   the drawing at one revision, for other threads: pictures for a model, exports
view.py       the widget: pen, mouse and touch in, pixels out
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize

from desktop_app.canvas.document import Document
from desktop_app.canvas.view import CanvasView


@pytest.fixture
def document(qapp) -> Document:
    return Document(QSize(300, 200))


@pytest.fixture
def make_view(qtbot) -> Callable[..., CanvasView]:
    """A view that shows a document at 100 %, its first pixel at the first of the widget."""

    def make(document: Document) -> CanvasView:
        view = CanvasView(document)
        qtbot.addWidget(view)
        view.resize(document.size)
        view.show()
        qtbot.waitExposed(view)
        view.zoom_to(1.0)
        return view

    return make


@pytest.fixture
def view(make_view, document) -> CanvasView:
    return make_view(document)

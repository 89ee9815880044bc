"""Two parts of a page with a line between them that stays where the user dragged it, also over restarts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from desktop_app.context import AppContext


class Splitter(QSplitter):
    """Neither part can be dragged away; beside and above one another, each has a place of its own for the line."""

    def __init__(
        self,
        context: AppContext,
        key: str,
        first: QWidget,
        second: QWidget,
        sizes: tuple[int, int],
        *,
        gap_px: int | None = None,
    ) -> None:
        """
        Args:
            key: what the window remembers the line by.
            sizes: relative ones, for a line that was never dragged.
            gap_px: an empty space of this width in the place of a line that is seen.
        """
        super().__init__()
        if gap_px is not None:
            self.setProperty("role", "gap")
            self.setHandleWidth(gap_px)
        self._context, self._key, self._sizes = context, key, sizes
        self.setChildrenCollapsible(False)
        self.addWidget(first)
        self.addWidget(second)
        self._put_back()
        self.splitterMoved.connect(self._remember)

    def setOrientation(self, orientation: Qt.Orientation) -> None:
        if orientation != self.orientation():
            super().setOrientation(orientation)
            self._put_back()

    @property
    def _place(self) -> str:
        return f"{self._key}.{'stacked' if self.orientation() is Qt.Orientation.Vertical else 'beside'}"

    def _put_back(self) -> None:
        sizes = self._context.remembered(self._place).split()
        is_known = len(sizes) == 2 and all(size.isdecimal() for size in sizes)
        self.setSizes([int(size) for size in sizes] if is_known else list(self._sizes))

    def _remember(self) -> None:
        self._context.remember(self._place, " ".join(str(size) for size in self.sizes()))

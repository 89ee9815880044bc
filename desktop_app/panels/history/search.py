"""What the list of the history shows for what was typed and chosen. No Qt but the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from desktop_app.history.gallery import Among
from desktop_app.history.records import Item, Kind
from desktop_app.history.store import History
from desktop_app.library.found import FoundPicture
from desktop_app.widgets.history_list import Row

LIST_LIMIT = 2000
HITS_LIMIT = 500

IS_KIND: dict[str, Callable[[Row], bool]] = {
    "": lambda row: True,
    "recordings": lambda row: _is_speech(row.item) and not _is_file(row.item),
    "files": lambda row: _is_speech(row.item) and _is_file(row.item),
    "snapshots": lambda row: row.item is not None and row.item.kind == "snapshot",
    "pictures": lambda row: row.file is not None or (row.item is not None and row.item.kind == "picture"),
    "pinned": lambda row: row.is_pinned,
}

ITEM_KIND: dict[str, Kind] = {
    "recordings": "speech",
    "files": "speech",
    "snapshots": "snapshot",
    "pictures": "picture",
}
"""What the history calls what was chosen; it knows neither the others nor which recording was a file."""


@dataclass(frozen=True)
class Filter:
    """Which rows are shown: of a kind of `IS_KIND`, and of the last days, 0 for any time."""

    kind: str = ""
    days: int = 0

    @property
    def wants_pictures(self) -> bool:
        return self.kind not in ("recordings", "files")

    @property
    def among(self) -> Among:
        """The pictures that are looked through."""
        return Among(ITEM_KIND.get(self.kind), is_pinned=self.kind == "pinned", since=self.since)

    def passes(self, row: Row) -> bool:
        return IS_KIND[self.kind](row) and (self.since is None or row.when >= self.since)

    @property
    def since(self) -> datetime | None:
        """The first moment of those days."""
        if not self.days:
            return None
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=self.days - 1)


def rows_with_words(history: History, query: str, chosen: Filter) -> list[Row]:
    """Items with the words, newest first; pinned ones before all others.

    Without words all of them, and where pictures were chosen also the files of the user's own.
    """
    kind = ITEM_KIND.get(chosen.kind)
    cut_off = {item.id for item in history.unfinished()}
    hits = {}
    if query:
        for item_id, found in groupby(history.search(query, kind=kind, limit=HITS_LIMIT), lambda hit: hit.item_id):
            hits[item_id] = tuple(found)
    rows = [
        Row(item, hits=hits.get(item.id, ()), is_recorded_now=item.state == "recording" and item.id not in cut_off)
        for item in history.items(
            query,
            kind=kind,
            is_file={"files": True, "recordings": False}.get(chosen.kind),
            is_pinned=chosen.kind == "pinned",
            since=chosen.since,
            pinned_first=True,
            limit=LIST_LIMIT,
        )
    ]
    if chosen.kind == "pictures" and not query:
        rows += [Row(file=file) for file in history.gallery.files(limit=LIST_LIMIT)]
        rows.sort(key=lambda row: row.when, reverse=True)
    rows.sort(key=lambda row: not row.is_pinned)
    return [row for row in rows if chosen.passes(row)]


def rows_that_show(found: Iterable[FoundPicture], chosen: Filter) -> list[Row]:
    """Pictures that were found by what they show, in their order."""
    rows = [Row(one.item, one.file, shows_it=True) for one in found]
    return [row for row in rows if chosen.passes(row)]


def _is_speech(item: Item | None) -> bool:
    return item is not None and item.kind == "speech"


def _is_file(item: Item | None) -> bool:
    return item is not None and item.tracks == ("file",)

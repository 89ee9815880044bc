"""What the list of the history shows for what was typed and chosen. No Qt but the rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby

from desktop_app.history.store import History
from desktop_app.widgets.history_list import Row

LIST_LIMIT = 2000
HITS_LIMIT = 500


def rows_with_words(history: History, query: str, kind: str, days: int) -> list[Row]:
    """What the list shows, newest first; pinned ones before all others."""
    items = history.items(query, kind="speech", limit=LIST_LIMIT)
    cut_off = {item.id for item in history.unfinished()}
    hits = {}
    if query:
        for item_id, found in groupby(history.search(query, kind="speech", limit=HITS_LIMIT), lambda hit: hit.item_id):
            hits[item_id] = tuple(found)
    if kind == "pinned":
        items = [item for item in items if item.is_pinned]
    elif kind:
        items = [item for item in items if (item.tracks == ("file",)) == (kind == "files")]
    if days:
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        items = [item for item in items if item.created_at >= midnight - timedelta(days=days - 1)]
    items.sort(key=lambda item: not item.is_pinned)
    return [
        Row(item, hits.get(item.id, ()), is_recorded_now=item.state == "recording" and item.id not in cut_off)
        for item in items
    ]

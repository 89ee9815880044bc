"""Writes an item as Markdown: a transcript, or a picture with what was said about it or what made it. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop_app.history.export import ExportOptions, clock, shows_tracks
from desktop_app.history.records import Item, Remark, StoredSegment

LONGEST_VALUE = 300  # of what made a picture; what is longer is a picture or a mask

_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&]")
_LIST_MARK = re.compile(r"^(\d*)([-+.)])")


def to_markdown(
    item: Item, segments: Sequence[StoredSegment], remarks: Sequence[Remark], options: ExportOptions, picture: str
) -> str:
    """The item as one page.

    Args:
        picture: where the picture lies, as seen from the page; empty where there is none.
    """
    title = item.title or item.preview.partition(". ")[0] or item.kind.capitalize()
    known = [f"{item.created_at:%Y-%m-%d %H:%M}", item.source, item.model_id]
    blocks = [f"# {escaped(title)}", "*" + " · ".join(escaped(part) for part in known if part) + "*"]
    if picture:
        blocks.append(f"![{escaped(title)}](<{picture}>)")
    if item.kind == "speech":
        blocks += [_spoken(segment, segments, options) for segment in segments]
    else:
        blocks += [f"> {escaped(segment.text)}" for segment in segments if segment.track == "prompt"]
        for remark in remarks:
            blocks += _said(remark)
        blocks.append(_table(item))
    return "\n\n".join(block for block in blocks if block) + "\n"


def escaped(text: str) -> str:
    """The text on one line, as it is read and not as Markdown would take it."""
    line = _SPECIAL.sub(lambda match: "\\" + match[0], " ".join(text.split()))
    return _LIST_MARK.sub(r"\1\\\2", line)


def _spoken(segment: StoredSegment, segments: Sequence[StoredSegment], options: ExportOptions) -> str:
    time = f"`{clock(int(segment.start_s + 0.5), '.')[:8]}` " if options.with_times else ""
    label = f"**{escaped(options.label(segment.track))}:** " if shows_tracks(segments, options) else ""
    return time + label + escaped(segment.text)


def _said(remark: Remark) -> list[str]:
    known = [escaped(remark.model_id)]
    if remark.time_to_first_token_s:
        known.append(f"first word after {remark.time_to_first_token_s:.2g} s")
    if remark.tokens_per_s:
        known.append(f"{remark.tokens_per_s:.3g} tokens/s")
    if any(remark.size_px):
        known.append(f"{remark.size_px[0]} x {remark.size_px[1]} pixels")
    if remark.rating:
        known.append("rated good" if remark.rating > 0 else "rated bad")
    blocks = [f"**{escaped(remark.question)}**"] if remark.question else []
    if remark.kind == "labels":
        scores = [f"{escaped(label)} {score:.0%}" for label, score in remark.scores]
        blocks.append(", ".join(scores) or escaped(remark.text))
    else:
        blocks.append(escaped(remark.text) or "—")
    told = " · ".join(part for part in known if part)
    return [*blocks, f"*{told}*" if told else ""]


def _table(item: Item) -> str:
    """What made a picture."""
    rows = []
    for name, value in item.details.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if text and len(text) <= LONGEST_VALUE and not isinstance(value, dict):
            rows.append(f"| {escaped(name.replace('_', ' '))} | {escaped(text)} |")
    return "\n".join(["| setting | value |", "|---|---|", *rows]) if rows else ""

"""The files that leave the app: read back here, and by libraries that are not ours."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.history import export
from desktop_app.history.export import ExportOptions
from desktop_app.history.records import Item, Remark, StoredSegment
from desktop_app.history.store import History
from desktop_app.history.subtitles import build_cues
from tests.desktop_app.history.conftest import words
from tests.desktop_app.history.test_subtitles import segment
from workers.errors import AppError, DiskError, HistoryError, SourceError, UsageError
from workers.results import LabelScores, Word

DIALOGUE = [
    segment(words("Good morning.", start_s=1)),
    segment(words("Good morning to you, too.", start_s=3), track="computer"),
    segment(words("Let us begin.", start_s=3661.5)),
]
ODD_TEXTS = [
    "an arrow --> like this",
    "-->",
    "00:00:01,000 --> 00:00:02,000",
    "tags <b>bold</b> & <i>italic</i> &amp; &lt;",
    "{\\an8}up there {y:i}",
    "first\n\nthird line",
    "1",
    "NOTE this STYLE WEBVTT",
    "שלום עולם، مرحبا بالعالم",
    "预算，明年的。",
    "👩‍👩‍👧 \u2066isolated\u2069 e\u0301",
    "\x00\x0bcontrol\x85\u2028",
    "\ufeffbyte order mark",
    "<v Me>",
    "- dash",
]


def visible(text: str) -> str:
    """What a reader sees: without line ends and invisible characters."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2060\ufeff]", "", text)


def read_by_pysubs2(text: str, format_name: str) -> list[tuple[int, int, str]]:
    subtitles = pysubs2.SSAFile.from_string(text, format_=format_name)
    return [(event.start, event.end, event.text.replace("\\N", "\n")) for event in subtitles]


def test_txt_is_one_line_a_segment() -> None:
    assert export.to_txt(DIALOGUE, ExportOptions()) == (
        "Me: Good morning.\nComputer: Good morning to you, too.\nMe: Let us begin.\n"
    )
    assert export.to_txt(DIALOGUE, ExportOptions(with_times=True, with_tracks=False)) == (
        "[00:00:01] Good morning.\n[00:00:03] Good morning to you, too.\n[01:01:02] Let us begin.\n"
    )


def test_single_track_is_not_named() -> None:
    assert export.to_txt(DIALOGUE[:1], ExportOptions()) == "Good morning.\n"
    assert "Me" not in export.to_srt(DIALOGUE[:1], ExportOptions())


def test_srt_looks_as_it_should() -> None:
    assert export.to_srt(DIALOGUE, ExportOptions(labels={"me": "Ich"})) == (
        "1\n00:00:01,000 --> 00:00:02,000\nIch: Good morning.\n\n"
        "2\n00:00:03,000 --> 00:00:05,000\nComputer: Good morning to you, too.\n\n"
        "3\n01:01:01,500 --> 01:01:02,700\nIch: Let us begin.\n"
    )


def test_vtt_looks_as_it_should() -> None:
    assert export.to_vtt(DIALOGUE, ExportOptions()) == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:02.000\n<v Me>Good morning.\n\n"
        "00:00:03.000 --> 00:00:05.000\n<v Computer>Good morning to you, too.\n\n"
        "01:01:01.500 --> 01:01:02.700\n<v Me>Let us begin.\n"
    )


def test_vtt_marks_when_each_word_is_said() -> None:
    text = export.to_vtt([segment(words("one two & three"))], ExportOptions(with_word_times=True))

    assert text.splitlines()[-1] == "one<00:00:00.400> two<00:00:00.800> &amp;<00:00:01.200> three"


@pytest.mark.parametrize("text", ODD_TEXTS)
@pytest.mark.parametrize("format_name", ["srt", "vtt"])
def test_odd_texts_come_back_from_subtitles(text: str, format_name: str) -> None:
    lines = [segment([Word(text, 1, 2, 0.9)]), segment(words("next line", start_s=4))]
    written = export.to_srt(lines, ExportOptions()) if format_name == "srt" else export.to_vtt(lines, ExportOptions())

    check_subtitles(written, format_name, lines)


def check_subtitles(written: str, format_name: str, lines: list[StoredSegment]) -> None:
    """Each cue comes back with its times and its text; a plain reader of the format, and pysubs2, agree on it."""
    cues = [cue for cue in build_cues(lines) if visible(cue.text)]
    blocks = [block.split("\n") for block in re.split(r"\n\n+", written.strip("\n")) if "-->" in block]
    read = [block[1:] if format_name == "vtt" else block[2:] for block in blocks]
    unescape = html.unescape if format_name == "vtt" else str
    assert [visible(unescape("".join(block))) for block in read] == [visible(cue.text) for cue in cues]
    events = read_by_pysubs2(written, "srt" if format_name == "srt" else "vtt")
    assert [event[:2] for event in events] == [(round(cue.start_s * 1000), round(cue.end_s * 1000)) for cue in cues]


@settings(deadline=None)
@given(st.lists(st.text(max_size=100), min_size=1, max_size=4))
@pytest.mark.parametrize("format_name", ["srt", "vtt"])
def test_any_text_comes_back_from_subtitles(format_name: str, texts: list[str]) -> None:
    lines = [
        segment([Word(text.encode("utf-8", "replace").decode(), n * 10, n * 10 + 2, 0.9)])
        for n, text in enumerate(texts)
    ]
    written = export.to_srt(lines, ExportOptions()) if format_name == "srt" else export.to_vtt(lines, ExportOptions())

    check_subtitles(written, format_name, lines)


def test_pysubs2_reads_the_texts() -> None:
    assert read_by_pysubs2(export.to_srt(DIALOGUE, ExportOptions(with_tracks=False)), "srt") == [
        (1000, 2000, "Good morning."),
        (3000, 5000, "Good morning to you, too."),
        (3661500, 3662700, "Let us begin."),
    ]


def test_ffmpeg_reads_the_srt(tmp_path: Path) -> None:
    import av

    (tmp_path / "a.srt").write_text(export.to_srt(DIALOGUE, ExportOptions(with_tracks=False)))

    with av.open(str(tmp_path / "a.srt")) as container:
        packets = [bytes(packet) for packet in container.demux() if packet.size]

    assert packets[1] == b"Good morning to you, too."


def without_numbers(item: Item) -> Item:
    return replace(item, id=0, size_bytes=0)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_json_comes_back_whole(history: History, say: Callable[..., int], tmp_path: Path, text: str) -> None:
    item_id = say("good morning", "second line", title="Talk " + text.replace("\x00", ""), tracks=["me"], language="en")
    first, _ = history.segments(item_id)
    history.edit_segment(first.id, "something else").result()
    history.edit_segment(first.id, text).result()
    history.export(item_id, tmp_path / "talk.json")

    copy_id = history.import_json(tmp_path / "talk.json").result()

    assert without_numbers(history.item(copy_id)) == without_numbers(history.item(item_id))
    originals, copies = history.segments(item_id), history.segments(copy_id)
    assert [replace(s, id=0, item_id=0) for s in copies] == [replace(s, id=0, item_id=0) for s in originals]
    assert history.edits(copies[0].id) == history.edits(first.id)
    history.export(copy_id, tmp_path / "copy.json")
    assert (tmp_path / "copy.json").read_bytes() == (tmp_path / "talk.json").read_bytes()
    assert history.undo_edit(copies[0].id).result() == "something else"
    assert not history.unfinished()


def test_json_keeps_how_it_sounds(history: History, say: Callable[..., int], tmp_path: Path) -> None:
    item_id = say("good morning")
    history.set_emotion(item_id, "me", 0.0, 0.8, (("happy", 0.7), ("sad", 0.3)))
    history.flush()

    history.export(item_id, tmp_path / "talk.json")
    again = history.import_json(tmp_path / "talk.json").result()

    assert history.segments(again)[0].emotion == (("happy", 0.7), ("sad", 0.3))


def test_json_can_be_read_without_us(history: History, say: Callable[..., int], tmp_path: Path) -> None:
    history.export(say("good morning"), tmp_path / "talk.json")

    talk = json.loads((tmp_path / "talk.json").read_text())

    assert talk["segments"][0]["words"][1] == {"text": " morning", "start_s": 0.4, "end_s": 0.8, "probability": 0.9}


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"format": "sensorium-item", "version": 2}'])
def test_json_of_something_else_is_refused(history: History, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.json").write_bytes(content)

    with pytest.raises(SourceError, match=r"'other\.json' is not a transcript"):
        history.import_json(tmp_path / "other.json")
    assert history.items() == []


@pytest.mark.parametrize("suffix", export.FORMATS)
def test_export_writes_the_format_of_the_name(
    history: History, say: Callable[..., int], tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"talk.{suffix.upper()}"
    path.write_text("what was there before")

    history.export(say("good morning"), path)

    assert "good morning" in path.read_text()
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [path.name]


def test_export_says_what_is_wrong(history: History, say: Callable[..., int], tmp_path: Path) -> None:
    item_id = say("good morning")

    with pytest.raises(UsageError, match=r"'talk\.doc' does not say which format"):
        history.export(item_id, tmp_path / "talk.doc")
    with pytest.raises(HistoryError, match="no item 99"):
        history.export(99, tmp_path / "talk.txt")
    with pytest.raises(DiskError, match="is gone"):
        history.export(item_id, tmp_path / "nowhere" / "talk.txt")
    assert list(tmp_path.glob("*.txt")) == []


def test_file_may_be_read_by_those_who_may_read_others_there(tmp_path: Path) -> None:
    (tmp_path / "other.txt").touch()

    export.write_file(tmp_path / "talk.txt", "hello")

    assert (tmp_path / "talk.txt").stat().st_mode == (tmp_path / "other.txt").stat().st_mode


def test_name_may_be_as_long_as_the_disk_allows(tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 251}.txt"

    export.check_target(path)
    export.write_file(path, "hello")

    assert [path.name for path in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "error", "sentence"),
    [
        ("talk.doc", UsageError, "does not say which format"),
        ("folder.txt", UsageError, "is a folder"),
        ("gone/talk.txt", DiskError, "does not exist"),
        (f"{'n' * 300}.txt", DiskError, "File name too long"),
        ("/proc/talk.txt", DiskError, "No file can be made in '/proc'"),
    ],
)
def test_target_that_cannot_be_written_is_told_before(
    tmp_path: Path, name: str, error: type[AppError], sentence: str
) -> None:
    (tmp_path / "folder.txt").mkdir()

    with pytest.raises(error, match=sentence):
        export.check_target(tmp_path / name)

    assert [path.name for path in tmp_path.iterdir()] == ["folder.txt"]


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def snapshot(history: History) -> int:
    frame = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    remarks = [
        Remark.of_labels(LabelScores((("frog", 0.9), ("toad", 0.05))), "clip"),
        Remark("caption", "a *green* frog\non a <leaf>", model_id="blip"),
        Remark(
            "answer", "1. a frog", question="What | is #1?", model_id="vqa", time_to_first_token_s=0.25,
            tokens_per_s=12.5, size_px=(64, 48), rating=1,
        ),
    ]  # fmt: skip
    return history.add_snapshot(frame, remarks=remarks, source="Webcam", details={"mirrored": True}).result()


def test_markdown_of_a_snapshot_has_the_picture_and_what_was_said(
    history: History, snapshot: int, tmp_path: Path
) -> None:
    history.export(snapshot, tmp_path / "my frog.md")

    page = (tmp_path / "my frog.md").read_text()
    blocks = page.rstrip("\n").split("\n\n")
    assert blocks[0] == r"# a \*green\* frog on a \<leaf\>"
    assert "Webcam" in blocks[1]
    assert r"![a \*green\* frog on a \<leaf\>](<my frog/picture.jpg>)" in blocks
    assert (tmp_path / "my frog" / "picture.jpg").read_bytes() == history.item(snapshot).picture.read_bytes()
    assert blocks[3:] == [
        "frog 90%, toad 5%",
        "*clip*",
        r"a \*green\* frog on a \<leaf\>",
        "*blip*",
        r"**What \| is \#1?**",
        r"1\. a frog",
        "*vqa · first word after 0.25 s · 12.5 tokens/s · 64 x 48 pixels · rated good*",
        "| setting | value |\n|---|---|\n| mirrored | True |",
    ]


def test_markdown_of_a_drawn_picture_has_what_made_it(history: History, tmp_path: Path) -> None:
    details = {"seed": 7, "controls": ["scribble", "canny"], "sketch": "x" * 1000, "mask": {"a": 1}}
    item_id = history.add_picture(np.zeros((8, 8, 3), np.uint8), prompt="a castle", details=details).result()

    history.export(item_id, tmp_path / "castle.md")

    page = (tmp_path / "castle.md").read_text()
    assert "\n\n> a castle\n\n" in page
    assert page.endswith("| setting | value |\n|---|---|\n| seed | 7 |\n| controls | scribble, canny |\n")


def test_markdown_of_a_transcript_says_who_speaks(history: History, tmp_path: Path) -> None:
    item_id = history.begin(title="Talk", tracks=["me", "computer"]).result()
    history.append_words(item_id, "me", words("- good morning"), ends_segment=True)
    history.append_words(item_id, "computer", words("hello", start_s=2), ends_segment=True).result()

    history.export(item_id, tmp_path / "talk.md")

    assert (tmp_path / "talk.md").read_text().split("\n\n")[2:] == ["**Me:** \\- good morning", "**Computer:** hello\n"]
    assert not (tmp_path / "talk").exists()


def test_snapshot_comes_back_from_json_whole(history: History, snapshot: int, tmp_path: Path) -> None:
    history.export(snapshot, tmp_path / "frog.json")

    again = history.import_json(tmp_path / "frog.json").result()

    before, after = history.item(snapshot), history.item(again)
    assert (after.kind, after.details, after.created_at) == (before.kind, before.details, before.created_at)
    assert after.picture.read_bytes() == before.picture.read_bytes()
    assert after.thumbnail.is_file()
    assert [replace(remark, id=0) for remark in history.remarks(again)] == [
        replace(remark, id=0) for remark in history.remarks(snapshot)
    ]


def test_picture_goes_out_as_it_is(history: History, snapshot: int, tmp_path: Path) -> None:
    history.export(snapshot, tmp_path / "frog.jpeg")

    assert (tmp_path / "frog.jpeg").read_bytes() == history.item(snapshot).picture.read_bytes()
    with pytest.raises(UsageError, match=r"End the name with \.jpg"):
        history.export(snapshot, tmp_path / "frog.png")


def test_transcript_has_no_picture(history: History, say: Callable[..., int], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no picture"):
        history.export(say("hello"), tmp_path / "hello.png")


def test_picture_that_is_gone_is_told(history: History, snapshot: int, tmp_path: Path) -> None:
    history.item(snapshot).picture.unlink()

    with pytest.raises(SourceError, match="cannot be read"):
        history.export(snapshot, tmp_path / "frog.md")
    assert not (tmp_path / "frog.md").exists()

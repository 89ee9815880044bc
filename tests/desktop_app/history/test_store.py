"""What the history keeps, gives back and lets go of."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from desktop_app.history import database
from desktop_app.history.retention import RetentionPolicy
from desktop_app.history.store import PRIVATE_FROM, History
from tests.desktop_app.history.conftest import words
from workers.errors import DiskError, HistoryError
from workers.recorder import FlacRecorder
from workers.results import Segment, Word


def record_audio(history: History, item_id: int, seconds: int = 2) -> Path:
    path = history.media_path(item_id, "me.flac")
    recorder = FlacRecorder(path)
    recorder.write(np.random.default_rng(0).normal(size=seconds * 16_000).astype(np.float32) * 0.1)
    recorder.close()
    return path


# ── recording ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_commits_join_into_segments(history: History) -> None:
    item_id = history.begin(source="USB Audio", tracks=["me", "computer"]).result()

    history.append_words(item_id, "me", words("good morning"), language="en")
    history.append_words(item_id, "computer", words("hello", start_s=0.5))
    history.append_words(item_id, "me", words("everybody.", start_s=0.8), ends_segment=True)
    history.append_words(item_id, "me", words("next", start_s=3)).result()

    segments = history.segments(item_id)
    assert [(segment.track, segment.text, segment.is_open) for segment in segments] == [
        ("me", "good morning everybody.", False),
        ("computer", "hello", True),
        ("me", "next", True),
    ]
    assert segments[0].words == tuple(words("good morning everybody."))
    assert (segments[0].start_s, segments[0].end_s, segments[0].language) == (0, 1.2, "en")


def test_empty_commit_only_ends_the_segment(history: History) -> None:
    item_id = history.begin().result()
    first = history.append_words(item_id, "me", words("one")).result()

    closed = history.append_words(item_id, "me", [], ends_segment=True).result()
    second = history.append_words(item_id, "me", words("two", start_s=2)).result()

    assert closed == first != second
    assert history.append_words(item_id, "other", [], ends_segment=True).result() is None


def test_another_language_opens_another_segment(history: History) -> None:
    item_id = history.begin().result()

    history.append_words(item_id, "me", words("good morning"), language="en")
    history.append_words(item_id, "me", words("guten Morgen allerseits", start_s=1), language="de").result()

    assert [segment.language for segment in history.segments(item_id)] == ["en", "de"]
    history.finish(item_id, 3).result()
    assert history.item(item_id).language == "de"


def test_finish_closes_the_item_and_enters_its_audio(history: History) -> None:
    item_id = history.begin(title="Talk", engine="faster-whisper", model_id="whisper-base", tracks=["me"]).result()
    history.append_words(item_id, "me", words("hello"))
    path = record_audio(history, item_id)

    history.finish(item_id, duration_s=2.5).result()

    item = history.item(item_id)
    assert (item.state, item.duration_s, item.title, item.tracks, item.preview) == (
        "finished", 2.5, "Talk", ("me",), "hello",
    )  # fmt: skip
    assert item.size_bytes == path.stat().st_size > 1000
    assert abs(item.created_at - datetime.now().astimezone()) < timedelta(minutes=5)
    (audio,) = history.media(item_id)
    assert (audio.path, audio.role, audio.track, audio.duration_s) == (path, "audio", "me", 2.0)


def test_finish_without_audio_keeps_the_text(history: History) -> None:
    item_id = history.begin().result()
    history.append_words(item_id, "me", words("hello"))
    path = record_audio(history, item_id)

    history.finish(item_id, 2, keep_audio=False).result()

    assert not path.exists()
    assert history.media(item_id) == []
    assert history.item(item_id).preview == "hello"


def test_preview_of_a_long_text_says_that_it_goes_on(history: History) -> None:
    item_id = history.begin().result()
    history.append_words(item_id, "me", words("word " * 100), ends_segment=True)
    history.flush()

    assert len(history.item(item_id).preview) <= 200
    assert history.item(item_id).preview.endswith("word…")


def test_file_segments_keep_their_words(history: History) -> None:
    item_id = history.begin(source="talk.mp3").result()

    history.add_segment(item_id, Segment("file", tuple(words("a whole line")), "en")).result()

    (segment,) = history.segments(item_id)
    assert segment.words == tuple(words("a whole line"))
    assert not segment.is_open


def test_letter_that_utf8_cannot_hold_does_not_cost_the_sentence(history: History) -> None:
    item_id = history.begin().result()

    history.append_words(item_id, "me", [Word(" odd\ud800", 0, 1, 0.5), Word(" letter", 1, 2, 0.5)]).result()

    assert history.segments(item_id)[0].text == "odd? letter"


def test_words_for_an_item_that_is_not_there_are_refused_and_the_others_kept(history: History) -> None:
    item_id = history.begin().result()

    lost = history.append_words(4711, "me", words("nowhere"))
    kept = history.append_words(item_id, "me", words("here"))

    with pytest.raises(HistoryError, match="no item 4711"):
        lost.result()
    kept.result()
    assert history.segments(item_id)[0].text == "here"


def test_begin_on_a_disk_that_takes_no_folder_says_so(history: History, folder: Path) -> None:
    (folder / "media").write_text("in the way")

    with pytest.raises(DiskError):
        history.begin().result()


# ── editing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_edit_keeps_the_original_beside_it(history: History, say: Callable[..., int]) -> None:
    item_id = say("recognise speech")
    (segment,) = history.segments(item_id)

    history.edit_segment(segment.id, "wreck a nice beach").result()

    (edited,) = history.segments(item_id)
    assert (edited.text, edited.original_text, edited.words) == (
        "wreck a nice beach",
        "recognise speech",
        segment.words,
    )
    assert [edit.text for edit in history.edits(segment.id)] == ["wreck a nice beach"]
    assert [hit.snippet for hit in history.search("beach")] == ["wreck a nice beach"]
    assert history.search("recognise") == []


def test_edits_are_undone_one_by_one(history: History, say: Callable[..., int]) -> None:
    (segment,) = history.segments(say("one"))
    history.edit_segment(segment.id, "two")
    history.edit_segment(segment.id, "three")

    assert history.undo_edit(segment.id).result() == "two"
    assert history.undo_edit(segment.id).result() == "one"
    assert history.undo_edit(segment.id).result() == "one"
    assert [hit.snippet for hit in history.search("one")] == ["one"]


def test_words_spoken_after_an_edit_do_not_mix_with_it(history: History) -> None:
    item_id = history.begin().result()
    segment_id = history.append_words(item_id, "me", words("hello word")).result()
    assert segment_id

    history.edit_segment(segment_id, "hello world")
    history.append_words(item_id, "me", words("again", start_s=1)).result()

    assert [segment.text for segment in history.segments(item_id)] == ["hello world", "again"]


def test_edit_of_a_segment_that_is_not_there_is_refused(history: History) -> None:
    with pytest.raises(HistoryError, match="no segment 99"):
        history.edit_segment(99, "text").result()


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_items_come_newest_first_in_pages(history: History, say: Callable[..., int]) -> None:
    ids = [say(f"text {number}") for number in range(5)]

    assert [item.id for item in history.items()] == ids[::-1]
    assert [item.id for item in history.items(limit=2, offset=1)] == [ids[3], ids[2]]
    assert history.count() == 5


def test_items_are_filtered_by_words_title_and_kind(history: History, say: Callable[..., int]) -> None:
    spoken = say("the budget of next year")
    titled = say("nothing else", title="Budgét meeting")
    picture = say("a budget in a picture", kind="picture")

    assert [item.id for item in history.items("budget")] == [picture, titled, spoken]
    assert [item.id for item in history.items("budget", kind="speech")] == [titled, spoken]
    assert history.count("budget year") == 1


def test_item_can_be_renamed_and_pinned(history: History, say: Callable[..., int]) -> None:
    item_id = say("text")

    history.update_item(item_id, title="Lecture", is_pinned=True).result()

    assert (history.item(item_id).title, history.item(item_id).is_pinned) == ("Lecture", True)


def test_filters_look_at_all_items_and_not_at_the_newest_alone(history: History, say: Callable[..., int]) -> None:
    pinned = say("an old one")
    history.update_item(pinned, is_pinned=True).result()
    file = history.begin(tracks=["file"]).result()
    history.finish(file, 1.0)
    newest = say("one"), say("two")

    assert [item.id for item in history.items(is_pinned=True, limit=1)] == [pinned]
    assert [item.id for item in history.items(is_file=True, limit=1)] == [file]
    assert [item.id for item in history.items(is_file=False, limit=2)] == [*reversed(newest)]
    assert [item.id for item in history.items(pinned_first=True, limit=2)] == [pinned, newest[1]]
    assert history.items(since=datetime.now().astimezone() + timedelta(days=1)) == []


def test_totals_count_items_and_bytes(history: History, say: Callable[..., int]) -> None:
    say("one")
    say("two", "three", kind="answer")

    totals = history.totals()

    assert (totals.n_items, totals.duration_s) == ({"speech": 1, "answer": 1}, 30)
    assert totals.size_bytes > 10_000


# ── letting go ───────────────────────────────────────────────────────────────────────────────────────────────────────


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_deleted_item_leaves_no_trace_on_disk(history: History, folder: Path, say: Callable[..., int]) -> None:
    for number in range(50):
        say(f"something harmless number {number}")
    item_id = say("the secret handshake", title="Clandestine")
    history.edit_segment(history.segments(item_id)[0].id, "the hidden handshake").result()
    record_audio(history, item_id)

    history.delete(item_id).result()

    assert history.search("handshake") == []
    with pytest.raises(HistoryError, match=f"no item {item_id}"):
        history.item(item_id)
    assert not history.media_path(item_id, "me.flac").parent.exists()
    disk = everything_on_disk(folder)
    for trace in (b"secret", b"hidden", b"handshake", b"Clandestine"):
        assert trace not in disk
    assert b"harmless" in disk


def test_words_are_written_while_a_deletion_is_taken_out_of_the_index(
    history: History, folder: Path, say: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAGES_AT_ONCE", 1)
    random = Random(1)
    for _ in range(40):
        say(" ".join("".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(200)))
    secret = say("the secret handshake")
    steps, ended = 0, []
    erase = database.erase_traces

    def counted(*where: Any) -> Iterator[None]:
        nonlocal steps
        for _ in erase(*where):
            steps += 1
            yield

    monkeypatch.setattr(database, "erase_traces", counted)
    deletion = history.delete(secret)
    deletion.add_done_callback(lambda _: ended.append("deletion"))
    words = history.update_item(secret - 1, title="said meanwhile")
    words.add_done_callback(lambda _: ended.append("words"))
    deletion.result()

    assert ended == ["words", "deletion"]
    assert steps > 3
    assert b"handshake" not in everything_on_disk(folder)


def test_retention_that_finds_nothing_old_leaves_the_copy_from_before_an_update(
    history: History, folder: Path, say: Callable[..., int]
) -> None:
    say("something")
    backup = folder / "history-version-1.backup"
    backup.touch()

    assert history.apply_retention(RetentionPolicy(keep_days=30)).result() == 0
    assert backup.exists()
    history.delete(1).result()
    assert not backup.exists()


def test_numbers_of_deleted_items_are_not_used_again(history: History, say: Callable[..., int]) -> None:
    item_id = say("gone")

    history.delete(item_id).result()

    assert say("new") > item_id


def test_item_that_is_being_recorded_is_not_deleted(history: History) -> None:
    item_id = history.begin().result()
    history.append_words(item_id, "me", words("still talking"))

    with pytest.raises(HistoryError, match="still being recorded"):
        history.delete(item_id).result()
    assert history.item(item_id).preview == "still talking"


def test_finished_item_can_be_deleted_at_once(history: History) -> None:
    item_id = history.begin().result()

    history.finish(item_id, 1)
    history.delete(item_id).result()

    assert history.items() == []


def test_retention_deletes_what_is_old_and_not_pinned(
    history: History, say: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, pinned = say("old"), say("pinned")
    history.update_item(pinned, is_pinned=True)
    recording = history.begin().result()
    history.flush()

    now = time.time()
    monkeypatch.setattr("desktop_app.history.store.time.time", lambda: now + 8 * 86_400)
    new = say("new")

    assert history.apply_retention(RetentionPolicy(keep_days=None)).result() == 0
    assert history.apply_retention(RetentionPolicy(keep_days=7)).result() == 1
    assert {item.id for item in history.items()} == {pinned, recording, new}
    assert old not in {pinned, recording, new}


def test_retention_without_audio_keeps_texts_pinned_audio_and_what_is_not_transcribed(history: History) -> None:
    ids = finished, pinned, _recording, recovered = [history.begin().result() for _ in range(4)]
    audio = [record_audio(history, item_id) for item_id in ids]
    for item_id in (finished, pinned):
        history.append_words(item_id, "me", words("text"))
        history.finish(item_id, 2)
    history.update_item(pinned, is_pinned=True)
    history.release(recovered)
    history.recover(recovered).result()

    history.apply_retention(RetentionPolicy(keep_audio=False)).result()

    assert [path.exists() for path in audio] == [False, True, True, True]
    assert history.item(finished).preview == "text"


# ── private ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_private_item_leaves_nothing_on_disk(history: History, folder: Path, tmp_path: Path) -> None:
    history.flush()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}

    item_id = history.begin(title="Diary", is_private=True).result()
    segment_id = history.append_words(item_id, "me", words("nobody shall read this")).result()
    assert segment_id
    history.edit_segment(segment_id, "nobody at all").result()
    history.finish(item_id, 2).result()

    assert item_id >= PRIVATE_FROM
    assert history.segments(item_id)[0].text == "nobody at all"
    assert history.undo_edit(segment_id).result() == "nobody shall read this"
    assert history.item(item_id).title == "Diary"
    assert history.items() == history.search("nobody") == []
    history.export(item_id, tmp_path / "diary.txt")
    assert (tmp_path / "diary.txt").read_text() == "nobody shall read this\n"
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    with pytest.raises(HistoryError, match="keeps nothing"):
        history.media_path(item_id, "me.flac")
    history.delete(item_id).result()
    with pytest.raises(HistoryError, match="no item"):
        history.item(item_id)


def test_history_without_a_folder_keeps_everything_in_memory(tmp_path: Path) -> None:
    history = History(None)
    item_id = history.begin().result()

    history.append_words(item_id, "me", words("only here"))
    history.finish(item_id, 1)

    assert history.segments(item_id)[0].text == "only here"
    assert [item.id for item in history.items("only")] == [item_id]
    assert history.unfinished() == []
    assert history.totals().n_items == {"speech": 1}
    history.close()


def test_history_goes_on_with_what_was_said_before_it_could_be_opened(folder: Path, tmp_path: Path) -> None:
    before = History(None)
    item_id = before.begin().result()
    before.append_words(item_id, "me", words("only here"), ends_segment=True)

    history = History(folder, memory_of=before)
    before.append_words(item_id, "me", words("and now"))  # by who records since then
    history.export(item_id, tmp_path / "said.txt")

    assert (tmp_path / "said.txt").read_text() == "only here\nand now\n"
    assert history.begin(is_private=True).result() == item_id + 1
    assert history.items() == []
    history.close()


# ── two windows ──────────────────────────────────────────────────────────────────────────────────────────────────────

WRITES_HUNDRED = """
import sys
from pathlib import Path
from desktop_app.history.store import History
from workers.results import Word

history = History(Path(sys.argv[1]))
item_id = history.begin(title=sys.argv[2]).result()
for number in range(100):
    history.append_words(item_id, "me", [Word(f" {sys.argv[2]}{number}", number, number + 1, 1.0)], ends_segment=True)
    if number % 10 == 0:
        history.flush()
history.finish(item_id, 100)
history.close()
"""


def test_two_processes_write_at_once_from_the_very_first_start(folder: Path) -> None:
    children = [
        subprocess.Popen([sys.executable, "-c", WRITES_HUNDRED, str(folder), name]) for name in ("left", "right")
    ]

    assert [child.wait(60) for child in children] == [0, 0]

    history = History(folder)
    items = history.items()
    assert {item.title for item in items} == {"left", "right"}
    for item in items:
        assert [segment.text for segment in history.segments(item.id)] == [f"{item.title}{n}" for n in range(100)]
    history.close()


def test_closed_history_refuses_words(folder: Path) -> None:
    history = History(folder)
    item_id = history.begin().result()
    history.close()

    with pytest.raises(HistoryError, match="closed"):
        history.append_words(item_id, "me", words("late"))

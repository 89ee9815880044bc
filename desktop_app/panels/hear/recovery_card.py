"""The card for a recording or a file whose text a crash or a failure cut off."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop_app import theme
from desktop_app.context import AppContext
from desktop_app.durations import clock_text
from desktop_app.history.records import Recovered, RecoveredTrack
from desktop_app.jobs import Job
from desktop_app.widgets.elided_label import ElidedLabel
from desktop_app.widgets.transcript_pane import media_of
from workers.errors import SourceError

if TYPE_CHECKING:
    from desktop_app.history.store import History

WHOLE_WITHIN_S = 0.5  # a recording that lacks less has nothing to finish


class RecoveryCard(QFrame):
    """Offers what to do with a recording whose text is not complete, one at a time."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._recovered: list[Recovered] = []
        self.setProperty("role", "banner")
        self.setProperty("tone", "warning")
        self.title = ElidedLabel(role="strong")
        self.text = theme.label("", "muted", wrap=True)
        self.finish = theme.button(self.tr("Finish transcribing"), "primary")
        self.keep = theme.button(self.tr("Keep as is"), tip=self.tr("Leave it in the history as it is"))
        self.delete = theme.button(self.tr("Delete"), "danger")
        self.finish.clicked.connect(self.finish_recovered)
        self.keep.clicked.connect(self.keep_recovered)
        self.delete.clicked.connect(self.delete_recovered)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        row.setSpacing(theme.SPACE_S)
        row.addLayout(texts, 1)
        for button in (self.finish, self.keep, self.delete):
            row.addWidget(button)
        self.hide()
        context.history_changed.connect(self.look_for_unfinished)
        context.items_deleted.connect(self._on_items_deleted)
        if context.history is not None:
            self.look_for_unfinished()

    def look_for_unfinished(self) -> None:
        """Shows the card if a crash or a failure left something that is not being finished already."""
        history = self._context.history
        if history is None:
            return
        keep_audio = self._context.retention.keep_audio
        in_work = {job.item_id for job in self._context.sessions.files.jobs if not job.state.is_over}

        def recovered(_job: Job) -> list[Recovered]:
            history.flush()
            undecided = [
                item for item in history.items(kind="speech") if item.state == "recovered" and item.id not in in_work
            ]
            unfinished = [*history.unfinished(), *undecided]
            found = [_with_file(history, history.recover(item.id).result()) for item in unfinished]
            for whole in [one for one in found if _is_whole(one)]:
                history.finish(whole.item_id, whole.duration_s, keep_audio=keep_audio)
            return [one for one in found if not _is_whole(one)]

        def show(found: list[Recovered]) -> None:
            self._recovered = found
            self._show()

        self._context.run(recovered, on_done=show)

    def finish_recovered(self) -> None:
        """Transcribes what the recording on the card lacks."""
        self._context.sessions.files.add_rest(self._recovered.pop(0))
        self._show()

    def keep_recovered(self) -> None:
        """Leaves the recording on the card as it is."""
        recovered = self._recovered.pop(0)
        if self._context.history is not None:
            keep_audio = self._context.retention.keep_audio
            self._context.history.finish(recovered.item_id, recovered.duration_s, keep_audio=keep_audio)
        self._show()

    def delete_recovered(self) -> None:
        history, item_id = self._context.history, self._recovered[0].item_id
        self._context.items_deleted.emit(frozenset({item_id}))
        if history is not None:
            self._context.run(lambda _job: history.delete(item_id).result())

    def _on_items_deleted(self, item_ids: frozenset[int]) -> None:
        self._recovered = [recovered for recovered in self._recovered if recovered.item_id not in item_ids]
        self._show()

    def _show(self) -> None:
        recovered = self._recovered[0] if self._recovered else None
        self.setVisible(recovered is not None)
        if recovered is None:
            return
        length_s = max((track.duration_s for track in recovered.tracks), default=recovered.duration_s)
        until_s = max((track.text_until_s for track in recovered.tracks), default=recovered.duration_s)
        has_sound = bool(recovered.tracks)
        is_file = any(track.track == "file" for track in recovered.tracks)
        self.title.setText(
            self.tr("Interrupted: {title}").format(title=recovered.title)
            if recovered.title
            else self.tr("A recording was interrupted")
        )
        self.text.setText(
            self.tr("{length} of sound, text up to {until}. Nothing that reached the disk is lost.").format(
                length=clock_text(length_s), until=clock_text(until_s)
            )
            if has_sound
            else self.tr("Its text goes up to {until}.").format(until=clock_text(until_s))
        )
        self.finish.setEnabled(has_sound)
        self.finish.setToolTip(
            self.tr("Transcribe the sound that has no text yet")
            if has_sound
            else self.tr("Its sound is not where it was")
        )
        self.delete.setToolTip(
            self.tr("Delete its text; the file stays") if is_file else self.tr("Delete its sound and its text")
        )


def _with_file(history: History, recovered: Recovered) -> Recovered:
    """What the text of a file lacks is still in that file, while it is there."""
    from workers.sources import media_file

    if recovered.tracks:
        return recovered
    tracks = []
    for media in media_of(history, recovered.item_id):
        with contextlib.suppress(SourceError):  # it cannot be read any more
            if duration_s := media_file.duration_s(media.path):
                tracks.append(RecoveredTrack(media.track, media.path, duration_s, recovered.duration_s))
    return replace(recovered, tracks=tuple(tracks))


def _is_whole(recovered: Recovered) -> bool:
    """Its text goes to the end of its sound, as far as anybody could have spoken."""
    return bool(recovered.tracks) and all(
        track.duration_s - track.text_until_s < WHOLE_WITHIN_S for track in recovered.tracks
    )

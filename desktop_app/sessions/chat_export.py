"""A chat about pictures as one Markdown file with its pictures beside it. No Qt."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop_app.sessions.chat import ChatTurn, TurnState
from workers.errors import disk_error
from workers.results import VideoFrame

JPEG_QUALITY = 90


def export_chat(turns: Sequence[ChatTurn], path: Path, title_of: Callable[[str], str] = str) -> None:
    """Writes the questions and answers to `path`, the pictures to the folder "NAME pictures" beside it.

    Args:
        title_of: the name of a model for people, by its id.

    Raises:
        DiskError: the file or the folder cannot be written.
    """
    folder = path.with_name(f"{path.stem} pictures")
    written: dict[int, str] = {}  # of each frame, by its identity: the one that several turns are about is written once
    lines: list[str] = []
    try:
        for turn in turns:
            for frame in turn.frames:
                if id(frame) not in written:
                    folder.mkdir(parents=True, exist_ok=True)
                    written[id(frame)] = name = f"{len(written) + 1}.jpg"
                    _save(frame, folder / name)
                    lines += [f"![](<{folder.name}/{name}>)", ""]
            lines += [f"**{_in_one_line(turn.question)}**", "", turn.answer.strip() or "–", ""]
            lines += [f"*{'  ·  '.join(_numbers(turn, title_of))}*", ""]
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text("\n".join(lines), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise disk_error(error, path) from error


def _save(frame: VideoFrame, path: Path) -> None:
    from PIL import Image

    Image.fromarray(frame.pixels).save(path, quality=JPEG_QUALITY)


def _in_one_line(text: str) -> str:
    return " ".join(text.split()).replace("*", r"\*")


def _numbers(turn: ChatTurn, title_of: Callable[[str], str]) -> list[str]:
    width, height = turn.resolution
    numbers = [title_of(turn.model_id)] if turn.model_id else []
    if turn.time_to_first_token_s is not None:
        numbers.append(f"{turn.time_to_first_token_s:.1f} s")
    if turn.tokens_per_s is not None:
        numbers.append(f"{turn.tokens_per_s:.0f} tokens/s")
    numbers.append(f"{width} × {height}")
    if turn.state is TurnState.STOPPED:
        numbers.append("stopped")
    return numbers

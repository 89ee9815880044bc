"""Styles: words that are added to a prompt, one JSON file each, those of the app and the user's own. No Qt.

{"title": "Ink drawing", "prompt": "{prompt}, ink drawing, cross-hatching", "negative_prompt": "photo"}
"""

from __future__ import annotations

import json
import logging
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from desktop_app.paths import ASSETS_DIR, Paths
from workers.errors import UsageError

log = logging.getLogger(__name__)

PLACE = "{prompt}"


class Style(BaseModel):
    """One style. The user's words take the place of `{prompt}` in `prompt`."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str = Field(max_length=80)
    prompt: str = Field(max_length=2000)
    negative_prompt: str = Field("", max_length=2000)

    @field_validator("prompt")
    @classmethod
    def _has_place(cls, prompt: str) -> str:
        if PLACE not in prompt:
            raise ValueError(f"{PLACE} is missing")
        return prompt


@cache
def styles() -> tuple[Style, ...]:
    """Every style by its file's name, the app's first; a file that is none is logged and left out."""
    folders = (ASSETS_DIR / "styles", Paths.of_user().config_dir / "styles")
    files = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    return tuple({style.name: style for path in files if (style := _read(path)) is not None}.values())


def styled(name: str, prompt: str, negative_prompt: str = "") -> tuple[str, str]:
    """The prompt and the negative prompt in a style; as they are without one.

    Raises:
        UsageError: there is no such style.
    """
    if not name:
        return prompt, negative_prompt
    style = next((style for style in styles() if style.name == name), None)
    if style is None:
        names = ", ".join(style.name for style in styles())
        raise UsageError("There is no style '{name}'.", hint="Choose one of: {names}.", name=name, names=names)
    negative = ", ".join(filter(None, (negative_prompt.strip(), style.negative_prompt)))
    return style.prompt.replace(PLACE, prompt.strip()).strip(" ,"), negative


def _read(path: Path) -> Style | None:
    try:
        return Style.model_validate(json.loads(path.read_text("utf-8")) | {"name": path.stem})
    except (OSError, TypeError, ValueError) as error:
        log.warning("the style %s is left out: %s", path, error)
        return None

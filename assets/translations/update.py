"""Collects every text into the .ts files and compiles them: `python assets/translations/update.py [--check]`.

Qt code is read by lupdate. Texts that are plain literals elsewhere (errors of the workers, titles of settings, pages
and models) are found in the syntax tree and given to lupdate as a file of `translate` calls, by context:

    errors      templates and hints of errors and notices, messages of progress
    settings    titles, descriptions, units and labels of settings and options; titles of engines and styles; notes of
                models
    panels      titles and descriptions of pages

With --check nothing is written; it lists what a language lacks and exits 1 if there is anything.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("en", "zh_CN")  # English has plurals only

PROGRESS_CALLS = {"on_progress", "report", "Progress"}  # (fraction, message)
SETTINGS_CALLS = {"Field", "ConfigDict", "EngineInfo"}
Texts = set[tuple[str, str]]  # (context, text)


def sources() -> list[Path]:
    return sorted(path for package in ("desktop_app", "workers") for path in (ROOT / package).rglob("*.py"))


def plain_texts() -> Texts:
    """The texts that lupdate cannot see, with their contexts."""
    texts: Texts = set()
    for path in sources():
        tree = ast.parse(path.read_text("utf-8"))
        assigned = _assigned(tree)
        if path.is_relative_to(ROOT / "workers"):  # templates that are given to an error by a name
            texts |= {
                ("errors", text)
                for name, all_of in assigned.items()
                if name.isupper()
                for text in all_of
                if " " in text
            }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                texts |= set(_texts_of_call(node, assigned))
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMMON_LABELS":
                texts |= {("settings", text) for text in _dict_texts(node.value)}
    models = tomllib.loads((ROOT / "workers/catalogue/models.toml").read_text("utf-8"))["model"]
    texts |= {("settings", model["note"]) for model in models if model.get("note")}
    styles = (json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "assets/styles").glob("*.json")))
    texts |= {("settings", style["title"]) for style in styles}
    return {(context, text) for context, text in texts if any(letter.isalpha() for letter in text)}


def _texts_of_call(call: ast.Call, assigned: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    positional = dict(enumerate(call.args))
    if name in ERRORS or name.endswith("Notice"):
        for value in (
            positional.get(0),
            positional.get(1),
            *(keywords.get(key) for key in ("template", "sentence", "hint")),
        ):
            yield from (("errors", text) for text in _literals(value))
            if isinstance(value, ast.Name):
                yield from (("errors", text) for text in assigned.get(value.id, []))
    elif name in PROGRESS_CALLS:
        for value in (positional.get(1), keywords.get("message")):
            yield from (("errors", text) for text in _literals(value))
    elif name in SETTINGS_CALLS:
        for key in ("title", "description"):
            yield from (("settings", text) for text in _literals(keywords.get(key)))
        extra = keywords.get("json_schema_extra")
        if isinstance(extra, ast.Dict):
            for key_node, value in zip(extra.keys, extra.values, strict=True):
                key = next(_literals(key_node), "")
                if key in ("unit", "special"):
                    yield from (("settings", text) for text in _literals(value))
                elif key == "labels":
                    yield from (("settings", text) for text in _dict_texts(value))
    elif name == "PanelInfo":
        for value in (positional.get(1), keywords.get("title"), keywords.get("description")):
            yield from (("panels", text) for text in _literals(value))


def _assigned(tree: ast.Module) -> dict[str, list[str]]:
    """The string literals that each name of a module is given anywhere in it."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).extend(_literals(node.value))
    return found


def _literals(node: ast.expr | None) -> Iterator[str]:
    """The strings that an argument can be: a literal, or either branch of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _dict_texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _literals(value)


def _error_names() -> set[str]:
    """AppError and every class below it, by their definitions."""
    tree = ast.parse((ROOT / "workers/errors.py").read_text("utf-8"))
    names = {"AppError"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in names for base in node.bases):
            names.add(node.name)
    return names


ERRORS = _error_names()


def update(folder: Path) -> None:
    """Brings the .ts files of `folder` up to the sources."""
    lines = [f"QCoreApplication.translate({context!r}, {text!r})\n" for context, text in sorted(plain_texts())]
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain_texts.py"
        plain.write_text("".join(lines), "utf-8")
        names = [str(path.relative_to(ROOT)) for path in sources() if path.is_relative_to(ROOT / "desktop_app")]
        for language in LANGUAGES:
            _run(
                "pyside6-lupdate", "-noobsolete", "-locations", "none", "-source-language", "en",
                "-target-language", language, *(["-pluralonly"] if language == "en" else []),
                *names, str(plain), "-ts", str(folder / f"sensorium_{language}.ts"),
            )  # fmt: skip


def compile_all(folder: Path) -> None:
    for language in LANGUAGES:
        source = folder / f"sensorium_{language}.ts"
        _run("pyside6-lrelease", "-silent", str(source), "-qm", str(source.with_suffix(".qm")))


def missing(folder: Path) -> list[str]:
    """What is not translated, as "language context: text"."""
    lacking = []
    for language in LANGUAGES:
        for context in ET.parse(folder / f"sensorium_{language}.ts").getroot().iter("context"):
            for message in context.iter("message"):
                translation = message.find("translation")
                forms = [form.text for form in message.iter("numerusform")] or [getattr(translation, "text", "")]
                if translation is None or translation.get("type") == "unfinished" or not all(forms):
                    lacking.append(f"{language} {context.findtext('name')}: {message.findtext('source')}")
    return lacking


def _run(tool: str, *arguments: str) -> None:
    command = shutil.which(tool) or str(Path(sysconfig.get_path("scripts")) / tool)
    subprocess.run([command, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        with tempfile.TemporaryDirectory() as scratch:
            for language in LANGUAGES:
                shutil.copy(FOLDER / f"sensorium_{language}.ts", scratch)
            update(Path(scratch))
            lacking = missing(Path(scratch))
    else:
        update(FOLDER)
        compile_all(FOLDER)
        lacking = missing(FOLDER)
    sys.stdout.write("".join(f"{line}\n" for line in lacking))
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

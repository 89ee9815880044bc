"""How fast pictures are found and indexed, and whether in the order of brute force.

Random vectors in the history's own tables; then CLIP ViT-B/32 in its real size with random weights, and pictures of
noise: speed does not depend on what weights know.

    python -m benchmarks.library [--out benchmarks/out/library.json] [--counts 1000 10000 100000] [--pictures 192]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.hear import THREADS
from benchmarks.machine import machine
from desktop_app.history.gallery import FoundFile
from desktop_app.history.store import History
from desktop_app.library import fit
from desktop_app.library.library import AT_ONCE, CANDIDATES, Library
from desktop_app.library.vectors import VectorIndex, nearest_rows
from workers.catalogue.catalogue import STARTERS_DIR, Catalogue
from workers.engine_pool import EnginePool

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 512  # of CLIP ViT-B/32 and B/16
QUERIES = 200
COMPARED = 50  # queries whose whole order is compared with brute force
WRITTEN_AT_ONCE = 2000
MOST_MS = 150  # on two cores, text tower included
PHOTO_PX = (640, 480)
RUNS = 5

Found = dict[str, Any]


def unit(rng: np.random.Generator, count: int) -> np.ndarray:
    vectors = rng.normal(size=(count, WIDTH)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def measured(work: Callable[[int], object], times: int) -> dict[str, float]:
    """Median and 95th percentile of the time that passes, and the median of what all cores compute; in ms."""
    passed_s, computed_s = [], []
    for number in range(times):
        started, computed = time.perf_counter(), time.process_time()
        work(number)
        passed_s.append(time.perf_counter() - started)
        computed_s.append(time.process_time() - computed)
    return {
        "median_ms": round(1000 * statistics.median(passed_s), 2),
        "p95_ms": round(1000 * float(np.percentile(passed_s, 95)), 2),
        "computed_ms": round(1000 * statistics.median(computed_s), 2),
    }


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def finding(count: int) -> Found:
    """Queries among so many vectors: the first one, which reads them all, the others, and their order."""
    rng = np.random.default_rng(count)
    vectors, queries, references = unit(rng, count), unit(rng, QUERIES), unit(rng, len(fit.REFERENCE_WORDS))
    with tempfile.TemporaryDirectory() as folder, closing(History(Path(folder))) as history:
        history.gallery.add_folder(Path("/"))
        for first in range(0, count, WRITTEN_AT_ONCE):
            rows = range(first, min(first + WRITTEN_AT_ONCE, count))
            files = [(FoundFile(f"/{row}.jpg", 1, 1), vectors[row]) for row in rows]
            history.gallery.put_files("random", files).result()
        index = VectorIndex(history.gallery, "random")
        first = measured(lambda _: index.nearest(queries[0], CANDIDATES), 1)

        def ask(number: int) -> None:
            _, near = index.nearest(queries[number], CANDIDATES)
            fit.text_fits(near, queries[number], references)

        query = measured(ask, QUERIES)
        same = 0
        for asked in queries[:COMPARED]:
            similarities = vectors @ asked
            expected = sorted(range(count), key=lambda row: (-similarities[row], row))
            ranked, _ = nearest_rows(vectors, asked, count)
            near, _ = index.nearest(asked, CANDIDATES)
            same += ranked.tolist() == expected and [one.file_id - 1 for one in near] == expected[:CANDIDATES]
    return {"vectors": count, "first_ms": first["median_ms"], **query, "same_order": f"{same} of {COMPARED}"}


# ── CLIP in its real size ────────────────────────────────────────────────────────────────────────────────────────────


def save_clip(folder: Path) -> None:
    """CLIP ViT-B/32 with random weights and the tokenizer of the starter, whose tokens it has, too."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    torch.manual_seed(0)
    CLIPModel(CLIPConfig()).save_pretrained(folder)
    CLIPImageProcessor(size={"shortest_edge": 224}, crop_size=224).save_pretrained(folder)
    for path in (STARTERS_DIR / "starter-clip").iterdir():
        if "token" in path.name or path.name in ("vocab.json", "merges.txt"):
            shutil.copy(path, folder)


def text_tower(folder: Path) -> dict[str, float]:
    """One query of some words, from text to vector."""
    import torch
    from transformers import AutoTokenizer, CLIPModel

    torch.set_num_threads(THREADS)
    model, tokenizer = CLIPModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)

    @torch.inference_mode()
    def embed(_number: int) -> object:
        return model.get_text_features(**tokenizer(["a small dog on a red chair"], return_tensors="pt"))

    measured(embed, 3)
    return measured(embed, 50)


def raw_rate(folder: Path, album: Path) -> float:
    """Pictures a second through the processor and the image tower, as many at a time as the index takes."""
    import torch
    from transformers import AutoImageProcessor, CLIPModel

    torch.set_num_threads(THREADS)
    model, processor = CLIPModel.from_pretrained(folder), AutoImageProcessor.from_pretrained(folder)
    paths = sorted(album.glob("*.jpg"))
    frames = [np.asarray(Image.open(path)) for path in paths]
    started = time.perf_counter()
    with torch.inference_mode():
        for first in range(0, len(frames), AT_ONCE):
            model.get_image_features(**processor(images=frames[first : first + AT_ONCE], return_tensors="pt"))
    return len(frames) / (time.perf_counter() - started)


def indexing(model: Path, album: Path, work: Path) -> float:
    """Pictures a second of a folder, files read and vectors written; the model is loaded before."""
    catalogue = Catalogue(work / "models", starters_dir=work / "none")
    catalogue.add_folder(model)
    with closing(History(work / "history")) as history, closing(EnginePool()) as pool:
        library = Library(history, catalogue, pool)
        with pool.acquire(library.spec()):
            started = time.perf_counter()
            n_new = library.index_folder(album).n_new
            taken_s = time.perf_counter() - started
    return n_new / taken_s


def clip(n_pictures: int) -> Found:
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        album = work / "album"
        album.mkdir()
        rng = np.random.default_rng(0)
        for number in range(n_pictures):
            coarse = rng.integers(0, 256, (24, 32, 3), np.uint8)
            Image.fromarray(coarse).resize(PHOTO_PX).save(album / f"{number}.jpg", quality=90)
        save_clip(work / "clip")
        tower = text_tower(work / "clip")
        rates = []
        for run in range(RUNS):
            ours = indexing(work / "clip", album, work / f"run {run}")
            rates.append((ours, raw_rate(work / "clip", album)))
    return {
        "text_tower": tower,
        "indexed_per_s": round(statistics.median(ours for ours, _ in rates), 2),
        "raw_per_s": round(statistics.median(raw for _, raw in rates), 2),
        "indexed_by_raw": round(statistics.median(ours / raw for ours, raw in rates), 3),
        "indexed_by_raw_of_each_run": [round(ours / raw, 3) for ours, raw in rates],
    }


def table(result: Found) -> str:
    tower, indexed, most = result["clip"]["text_tower"], result["clip"], result["finding"][-1]
    rows = [
        f"| {one['vectors']:,} | {one['first_ms'] / 1000:.2f} s | {one['median_ms']:.1f} / {one['p95_ms']:.1f} ms"
        f" | {one['p95_ms'] + tower['p95_ms']:.0f} ms | <= {MOST_MS} ms | {one['same_order']} |"
        for one in result["finding"]
    ]
    return "\n".join(
        [
            "| pictures | first query | query, median / p95 | with the text tower | must | order of brute force |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            f"A query among {most['vectors']:,}, its text included: {most['computed_ms'] + tower['computed_ms']:.0f} ms"
            " of computing by all cores together.",
            f"Indexing: {indexed['indexed_by_raw']:.2f} of the rate of CLIP alone"
            f" ({indexed['indexed_per_s']} and {indexed['raw_per_s']} pictures a second).",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out" / "library.json")
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--pictures", type=int, default=192)
    options = parser.parse_args()
    result = {
        "machine": machine("torch", "transformers", "numpy"),
        "finding": [finding(count) for count in options.counts],
        "clip": clip(options.pictures),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1) + "\n")
    print(table(result))


if __name__ == "__main__":
    main()

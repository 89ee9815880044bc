"""CLIP and SigLIP: how well words of the user's own choice fit a picture, and where pictures and texts lie together.

Papers: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", arXiv 2103.00020;
Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training", arXiv 2303.15343; SigLIP 2, arXiv 2502.14786.
Weights: OpenAI CLIP (MIT), Google SigLIP and SigLIP 2 (Apache-2.0), the starter of this project (MIT).

The text features of a set of labels are computed once and kept; a picture then costs its own tower and one product.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from workers.engines.base import EngineInfo, EngineOptions, OnProgress
from workers.engines.devices import DeviceChoice, torch_device
from workers.engines.measured import prepare_torch
from workers.engines.packed import pack
from workers.engines.transformers_models import config_of, load_errors, load_model, run_errors
from workers.errors import Cancelled, ModelBroken, SourceError, UsageError
from workers.results import Embeddings, Frame, ImageRequest, LabelScores

log = logging.getLogger(__name__)

SIGMOIDS = {"siglip", "siglip2"}  # trained to judge each label by itself
SIGLIP_LENGTH = 64  # tokens, padding included: SigLIP has no mask and was trained with exactly so many
AT_ONCE = 16  # pictures or texts; between such lots a request can be cancelled
TOKENS = 16  # of what somebody searches for
SETS_KEPT = 8  # of labels: the newest ones

BACKGROUND_LABELS = ("a wall", "a room", "a person", "a table", "a street", "the sky", "a texture")
"""What a camera sees that nobody asked for.

With the starter, on 300 held-out icons: they win over three wrong labels in 84 % of the pictures, which softmax alone
never admits, and over the right one in 1 %.
"""

LabelSet = tuple[tuple[str, ...], tuple[str, ...]]  # labels and templates


PEOPLE = frozenset(
    {
        "adult", "anybody", "anyone", "baby", "boy", "brother", "burglar", "child", "children",
        "courier", "daughter", "face", "father", "friend", "girl", "guest", "human", "humans",
        "intruder", "kid", "kids", "lady", "man", "men", "mother", "neighbour", "neighbor",
        "people", "persons", "postman", "sister", "somebody", "someone", "son", "stranger", "thief",
        "toddler", "visitor", "woman", "women",
    }
)  # fmt: skip
"""They are persons, too, and would compete against "a person"."""


def backgrounds_for(labels: Sequence[str]) -> tuple[str, ...]:
    """The common backgrounds, without those that somebody asks for."""
    asked = {word for label in labels for word in re.findall(r"\w+", label.casefold())}
    if asked & PEOPLE:
        asked.add("person")
    return tuple(background for background in BACKGROUND_LABELS if background.split()[-1] not in asked)


class ClipOptions(EngineOptions):
    device: DeviceChoice = Field("auto", title="Device", description="Where to compute: a GPU if there is one.")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", title="Number format", description="Automatic is the fastest; a processor is tried out once."
    )


class Clip:
    """Answers "label" with a LabelScores for each image and "embed" with one Embeddings."""

    info: ClassVar[EngineInfo] = EngineInfo(
        name="clip",
        title="CLIP (labels of your own)",
        tasks=("label",),
        options=ClipOptions,
    )

    def __init__(self, model: Path, options: ClipOptions) -> None:
        self._folder = model
        self._options = options
        self._model: Any = None
        self._features_of: dict[LabelSet, Any] = {}
        self.device = ""

    def load(self, on_progress: OnProgress) -> None:
        on_progress(0.0, "Loading CLIP")
        started = time.perf_counter()
        with load_errors(self._folder):
            device = self.device = torch_device(self._options.device)
            kind = config_of(self._folder).get("model_type")
            if self._folder.is_dir() and kind not in {"clip", *SIGMOIDS}:
                raise ModelBroken(
                    "The model in '{folder}' is neither a CLIP nor a SigLIP.",
                    hint="Choose a model of the engine 'clip'.",
                    folder=self._folder,
                )
            self._model = load_model(
                "AutoModel", self._folder, device=device, dtype=prepare_torch(device, self._options.dtype)
            )
            looks = self._model.config.vision_config
            pack(self._model.vision_model, rows=(looks.image_size // looks.patch_size) ** 2)
            pack(self._model.text_model, rows=TOKENS)
            from transformers import AutoImageProcessor, AutoTokenizer

            self._pictures = AutoImageProcessor.from_pretrained(self._folder, local_files_only=True)
            self._tokenizer = AutoTokenizer.from_pretrained(self._folder, local_files_only=True)
        self._is_sigmoid = kind in SIGMOIDS
        self._most_tokens = (
            SIGLIP_LENGTH if self._is_sigmoid else self._model.config.text_config.max_position_embeddings
        )
        on_progress(1.0, "CLIP is ready")
        log.info("loaded %s on %s in %.1f s", self._folder.name, device, time.perf_counter() - started)

    def unload(self) -> None:
        self._model = None
        self._features_of.clear()

    def run(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Iterator[LabelScores | Embeddings]:
        import torch

        if request.task == "embed":
            if request.images:
                lots = [self._image_features(images) for images in _lots(request.images, cancelled)]
            else:
                lots = [self._text_features(texts) for texts in _lots(request.texts, cancelled)]
            yield Embeddings(torch.cat(lots).cpu().numpy())
            return
        n_labels = len(request.candidate_labels)
        texts = self._label_features(request, cancelled)
        for images in _lots(request.images, cancelled):
            for scores in self._scores(images, texts):
                best = sorted(zip(request.candidate_labels, scores, strict=False), key=lambda score: -score[1])
                # Softmax shares one certainty among all; sigmoids judge each background by itself.
                none_score = max(scores[n_labels:], default=0.0) if self._is_sigmoid else sum(scores[n_labels:])
                yield LabelScores(tuple(best[: request.top_k]), none_score)

    def _scores(self, images: Sequence[Frame], texts: Any) -> list[list[float]]:
        """For each image the score of each text."""
        import torch

        pictures = self._image_features(images)
        with run_errors(self._folder), torch.inference_mode():
            logits = pictures @ texts.T * self._model.logit_scale.float().exp()  # (images, texts)
            if self._is_sigmoid:
                return _rows(torch.sigmoid(logits + self._model.logit_bias.float()))
            return _rows(logits.softmax(-1))

    def _label_features(self, request: ImageRequest, cancelled: Callable[[], bool]) -> Any:
        """The features of the labels and then of the backgrounds, (labels, width) of length 1; kept for the next time.

        Raises:
            UsageError: there is no label, or a template has no place for one.
        """
        import torch

        if not request.candidate_labels or not all(label.strip() for label in request.candidate_labels):
            raise UsageError("A label is empty." if request.candidate_labels else "There is no label to choose among.")
        for template in request.prompt_templates:
            if "{}" not in template:
                raise UsageError(
                    "The template '{text}' has no place for a label.",
                    hint="Write it with {{}}, as in 'a photo of {{}}'.",
                    text=template,
                )
        labels = (*request.candidate_labels, *request.background_labels)
        key = labels, request.prompt_templates
        features = self._features_of.pop(key, None)
        if features is None:
            texts = [template.replace("{}", label) for label in labels for template in request.prompt_templates]
            lots = [self._text_features(lot) for lot in _lots(texts, cancelled)]
            with torch.inference_mode():
                every = torch.cat(lots).view(len(labels), len(request.prompt_templates), -1)
                features = torch.nn.functional.normalize(every.mean(1), dim=-1)
        self._features_of[key] = features
        while len(self._features_of) > SETS_KEPT:
            del self._features_of[next(iter(self._features_of))]
        return features

    def _image_features(self, images: Sequence[Frame]) -> Any:
        """(images, width), each of length 1."""
        import torch

        with run_errors(self._folder), torch.inference_mode():
            inputs = self._pictures(images=list(images), return_tensors="pt", input_data_format="channels_last")
            inputs = inputs.to(self._model.device, self._model.dtype)  # only what is floating point changes its dtype
            features = self._model.get_image_features(**inputs).pooler_output
            return torch.nn.functional.normalize(features.float(), dim=-1)

    def _text_features(self, texts: Sequence[str]) -> Any:
        """(texts, width), each of length 1.

        Raises:
            SourceError: a text is longer than what the model reads.
        """
        import torch

        for text in texts:
            n_tokens = len(self._tokenizer(text).input_ids)
            if n_tokens > self._most_tokens:
                raise SourceError(
                    "'{text}…' is too long: it has {count} tokens, and the model reads {most}.",
                    hint="Say it in fewer words.",
                    text=text[:40],
                    count=n_tokens,
                    most=self._most_tokens,
                )
        length: dict[str, Any] = {"padding": True}
        if self._is_sigmoid:
            length = {"padding": "max_length", "max_length": SIGLIP_LENGTH}
        with run_errors(self._folder), torch.inference_mode():
            inputs = self._tokenizer(list(texts), return_tensors="pt", **length).to(self._model.device)
            features = self._model.get_text_features(**inputs).pooler_output
            return torch.nn.functional.normalize(features.float(), dim=-1)


def _rows(scores: Any) -> list[list[float]]:
    rows: list[list[float]] = scores.tolist()
    return rows


def _lots(values: Sequence[Any], cancelled: Callable[[], bool]) -> Iterator[Sequence[Any]]:
    """The values, some at a time.

    Raises:
        Cancelled: before one of them.
    """
    for first in range(0, len(values), AT_ONCE):
        if cancelled():
            raise Cancelled
        yield values[first : first + AT_ONCE]

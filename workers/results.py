"""Every value that crosses a thread or a process, in the order in which it flows. No Qt.

Read from top to bottom, this file is the app: sound, pictures and sketches are taken in, asked about, answered,
confirmed and shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # the window reads this file before its first paint, and numpy would double that time
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
"""The one sample rate inside the app: what Whisper and Wav2Vec2 were trained on. Sources resample to it."""

Samples: TypeAlias = "NDArray[np.float32]"
"""Mono audio, shape (n,), float32 in [-1, 1], at `SAMPLE_RATE_HZ`."""

SpeechTask = Literal["transcribe", "translate"]

Frame: TypeAlias = "NDArray[np.uint8]"
"""A picture, shape (H, W, 3), uint8, RGB."""

VisionTask = Literal["label", "caption", "ask", "judge", "match", "embed"]

ControlKind = Literal["scribble", "softedge", "canny", "depth", "pose", "seg"]


# ── source → worker ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class VideoFrame:
    """One picture of a camera, a video, a screen or a file, as it is shown and asked about. Nobody writes into it.

    Attributes:
        number: counts from 1 for each source; a gap is what nobody had time for.
        captured_s: when it was taken, on the clock of `time.monotonic`.
        region: the part that it is of the whole picture; None is all of it.
    """

    pixels: Frame = field(repr=False)  # nothing that is logged may hold a picture
    number: int
    captured_s: float
    region: Region | None = None

    def cropped(self, region: Region | None) -> VideoFrame:
        """A part of a whole picture, without a copy."""
        return self if region is None else replace(self, pixels=region.crop(self.pixels), region=region)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


@dataclass(frozen=True)
class Region:
    """A rectangle of a picture in fractions of its width and height, whatever its size in pixels."""

    left: float
    top: float
    width: float
    height: float

    def crop(self, pixels: Frame) -> Frame:
        """What the rectangle shows, without a copy; at least one pixel."""
        height, width = pixels.shape[:2]
        x, y = min(int(self.left * width), width - 1), min(int(self.top * height), height - 1)
        return pixels[
            y : max(y + 1, round((self.top + self.height) * height)),
            x : max(x + 1, round((self.left + self.width) * width)),
        ]


# ── worker → engine ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class SpeechRequest:
    """Asks a speech engine for the words in `samples`.

    Attributes:
        samples: at most 30 s.
        language: ISO 639-1 code, or None to detect it.
        task: "translate" gives English whatever is spoken.
        prompt: text that came before or words to expect, as Whisper's `initial_prompt`; engines without one ignore it.
        word_times: whether words need times; without, the engine may return one word spanning everything.
        beam_size: 1 is greedy (live), 5 is Whisper's offline default; engines without beams ignore it.
        is_final: no more audio follows; engines with right context flush it.
    """

    samples: Samples
    language: str | None = None
    task: SpeechTask = "transcribe"
    prompt: str = ""
    word_times: bool = True
    beam_size: int = 1
    is_final: bool = False


@dataclass(frozen=True, eq=False)
class Turn:
    """A question of a chat with its answer. `images` joined the chat with it: none where it was about those before."""

    question: str
    answer: str
    images: tuple[Frame, ...] = ()


@dataclass(frozen=True, eq=False)
class ImageRequest:
    """Asks a vision engine about `images`; which other fields count depends on `task`.

    Attributes:
        task: "label" gives a LabelScores for each image, "caption" a Caption and "match" a MatchScores; "ask" gives
            AnswerTokens and then the Answer to one question about all images; "judge" gives the Verdict on a
            question that is answered with yes or no; "embed" gives the Embeddings of the images, or of the texts
            where there is no image.
        images: of "ask", those that join the chat now: none where the question is about those of its history.
        candidate_labels: for engines without classes of their own; at least one.
        background_labels: what is seen when none of the candidates is; without any, the candidates share all there is.
        prompt_templates: a label takes the place of their `{}`; several are averaged.
        top_k: at most this many labels, None for all.
        prefix: how the caption begins.
        question: about the images.
        questions: of "ask", one about each image, each answered by itself with an Answer and no AnswerTokens.
        history: the chat so far, oldest turn first; an engine that has no memory only takes its newest picture.
        texts: to match or to embed.
        max_new_tokens: after which a caption or an answer is cut off.
    """

    task: VisionTask
    images: tuple[Frame, ...] = ()
    candidate_labels: tuple[str, ...] = ()
    background_labels: tuple[str, ...] = ()
    prompt_templates: tuple[str, ...] = ("{}",)
    top_k: int | None = None
    prefix: str = ""
    question: str = ""
    questions: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    texts: tuple[str, ...] = ()
    max_new_tokens: int = 64

    @property
    def every_image(self) -> tuple[Frame, ...]:
        """The pictures of the whole chat, in the order in which they joined it."""
        return (*(image for turn in self.history for image in turn.images), *self.images)

    @property
    def rows(self) -> tuple[ImageRequest, ...]:
        """Each of the `questions` with its image, as a request of its own."""
        pairs = zip(self.images, self.questions, strict=True)
        return tuple(replace(self, images=(image,), question=question, questions=()) for image, question in pairs)


@dataclass(frozen=True)
class Picture:
    """A picture as a PNG: unlike an array it can be compared, hashed and kept in a file. May be transparent.

    Two are equal when their bytes are; `workers.pictures` makes them from pixels, and pixels from them.
    """

    png: bytes = field(repr=False, compare=False)
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.png).hexdigest())


@dataclass(frozen=True)
class Control:
    """Where things are in a picture that is made, and how strictly that is heeded.

    Attributes:
        image: what a ControlRequest gives. Lines need none: dark ones on light paper, light ones on a dark ground and
            ones on a transparent ground are all understood.
        model: the id of a ControlNet for this kind and the request's model.
        start: the share of the steps after which it begins to act.
        end: the share after which it acts no more.
        is_reference: it was made of another picture, and not drawn. The picture is the same.
    """

    kind: ControlKind
    image: Picture
    model: str
    conditioning_scale: float = 1.0
    start: float = 0.0
    end: float = 1.0
    is_reference: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Lora:
    """A change of the model's weights: a style, a thing, or fewer steps. `model` is its id."""

    model: str
    scale: float = 1.0


LARGEST_SEED = 2**63 - 1
NEW_SEEDS_BELOW = 1_000_000  # short ones are easily told, and have room below a picture
MOST_STORED_STEPS, LARGEST_GUIDANCE, LARGEST_STORED_SIDE_PX = 1000, 100, 16_384  # that are kept and read again

TINY_VAE = "tiny-vae"
"""The name of the small autoencoder in the folders of a SketchRequest."""


@dataclass(frozen=True)
class SketchRequest:
    """Asks for one picture; holds all that makes it, so that equal requests give equal bytes.

    Pictures of another shape than width x height are fitted in, never stretched: they are centred, and what is left is
    filled with nothing (a control), the colours at the edge (`init_image`) or what is kept (`mask_image`).

    Attributes:
        model: the id of the model that draws.
        negative_prompt: what should not be seen; only with a guidance above 1.
        guidance_scale: how strictly the words are heeded; up to 1 costs half the time.
        scheduler: a name of `workers.engines.sketch.schedulers`, or "" for the model's own.
        eta: how much fresh noise DDIM and TCD add at each step, in [0, 1].
        init_image: colours to begin with.
        strength: how much of `init_image` is made anew, in (0, 1]; the same share of the steps is run, at least one.
        mask_image: light where `init_image` is made anew; every pixel that is dark stays as it is.
        vae: "tiny" decodes many times faster and a little coarser.
        has_previews: whether each step is shown; the picture is the same.
        folders: where the models of the request lie on this machine, by their ids, and a small autoencoder as
            `TINY_VAE`; `Catalogue.located` fills it.
    """

    prompt: str = ""
    negative_prompt: str = ""
    model: str = ""
    width: int = 512
    height: int = 512
    seed: int = 0
    num_inference_steps: int = 20
    guidance_scale: float = 7.5
    scheduler: str = ""
    eta: float = 0.0
    controls: tuple[Control, ...] = ()
    init_image: Picture | None = None
    strength: float = 0.75
    mask_image: Picture | None = None
    loras: tuple[Lora, ...] = ()
    vae: Literal["full", "tiny"] = "full"
    has_previews: bool = field(default=True, compare=False)
    folders: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def n_steps_run(self) -> int:
        """How many of the steps are run."""
        share = 1.0 if self.init_image is None else self.strength
        return max(1, int(self.num_inference_steps * share))

    def variation(self, n: int) -> SketchRequest:
        """The same with the n-th seed after this one's; after the largest comes 0."""
        return replace(self, seed=(self.seed + n) % (LARGEST_SEED + 1))


@dataclass(frozen=True)
class ControlRequest:
    """Asks for what a ControlNet needs to see of `image`: a ControlMap.

    The engine that draws answers for lines ("scribble", "softedge", "canny"), an estimator for its own kind.
    """

    kind: ControlKind
    image: Picture


# ── engine → worker ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Progress:
    """How far a load, a download or a long request has come. `fraction` is in [0, 1], or -1 when unknown."""

    fraction: float
    message: str = ""


@dataclass(frozen=True)
class Word:
    """One word with its leading space if it has one. Times in seconds of the track; `probability` in [0, 1]."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True)
class Hypothesis:
    """What an engine heard in one request. Word times are relative to the start of the request's samples."""

    words: tuple[Word, ...]
    language: str = ""
    language_probability: float = 0.0
    no_speech_prob: float = 0.0
    avg_logprob: float = 0.0
    decode_s: float = 0.0

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(frozen=True)
class EmotionScores:
    """How a segment sounds, best first: `scores` pairs a label with a probability."""

    scores: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class LabelScores:
    """What a picture shows, best first: `scores` pairs a label with a number in [0, 1].

    `none_score` is what the background labels got: where it is the largest, the picture shows none of the labels.
    """

    scores: tuple[tuple[str, float], ...]
    none_score: float = 0.0


@dataclass(frozen=True)
class Caption:
    """A sentence about a picture, its prefix included."""

    text: str


@dataclass(frozen=True)
class AnswerToken:
    """What one token adds to an answer, with its leading space if it has one."""

    text: str


@dataclass(frozen=True)
class Sight:
    """How a model saw a picture: in `n_tiles` pieces of so many pixels each."""

    width_px: int
    height_px: int
    n_tiles: int = 1


@dataclass(frozen=True)
class Answer:
    """The whole answer, in times of the engine: from taking the question to its first token, and tokens a second.

    `n_tokens` counts the token that ends the answer, too; `tokens_per_s` is over the whole time. `model` is the name of
    the model that answered, and `sights` tells how it saw each picture of the chat. `is_cut_off`: the limit came before
    the end.
    """

    text: str
    n_tokens: int
    time_to_first_token_s: float
    tokens_per_s: float
    model: str = ""
    sights: tuple[Sight, ...] = ()
    is_cut_off: bool = False


@dataclass(frozen=True)
class Verdict:
    """How probable it is, in [0, 1], that the answer to a question is yes and not no."""

    yes: float


@dataclass(frozen=True)
class MatchScores:
    """For each text of the request, the probability in [0, 1] that it tells what the picture shows."""

    scores: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Where pictures or texts lie in the space of a model: the closer two are, the larger their dot product."""

    vectors: NDArray[np.float32]  # (n, width), each of length 1


@dataclass(frozen=True, eq=False)
class StepPreview:
    """A picture after `step` of `of` steps; often smaller than it will be. -1 s left is unknown.

    Without previews `pixels` is None.
    """

    pixels: Frame | None
    step: int
    of: int
    seconds_left: float = -1.0


@dataclass(frozen=True, eq=False)
class GeneratedImage:
    """A finished picture, (height, width, 3) of `request`, and what it took.

    `request` is what made it: where memory was short it differs from what was asked for, and a Notice came before.
    """

    pixels: Frame
    request: SketchRequest
    seconds: float
    n_unet_calls: int = 0
    n_controlnet_calls: int = 0


@dataclass(frozen=True, eq=False)
class ControlMap:
    """What a ControlNet sees: white lines on black, near white and far black, a skeleton, or colours of things."""

    kind: ControlKind
    pixels: Frame


# ── live loop → session ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Partial:
    """The unconfirmed tail of a track. Replaces the one before; empty words clear it. Times in seconds of the track."""

    track: str
    words: tuple[Word, ...]
    language: str = ""

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(frozen=True)
class Commit:
    """Words that are now certain: appended to the track, never taken back. `ends_segment` closes the sentence or pause.

    A commit may have no words and only end the segment.
    """

    track: str
    words: tuple[Word, ...]
    language: str = ""
    ends_segment: bool = False

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(frozen=True, eq=False)
class SegmentSound:
    """The sound of a segment that is closed, at most its last 30 s. Times in seconds of the track."""

    track: str
    start_s: float
    end_s: float
    samples: Samples


@dataclass(frozen=True)
class SegmentEmotion:
    """How a closed segment of an item of the history sounds: labels with probabilities, best first."""

    item_id: int | None
    track: str
    start_s: float
    end_s: float
    scores: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class LiveStatus:
    """Where a track stands: `received_s` of audio came in, `decoded_s` was looked at, `lag_s` waits beyond one step."""

    track: str
    received_s: float
    decoded_s: float
    committed_s: float
    lag_s: float
    is_speech: bool
    decode_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Seen:
    """What an engine saw in a frame.

    Attributes:
        frame: what it looked at, cropped already.
        took_s: from taking the frame to having the result.
    """

    frame: VideoFrame
    result: LabelScores | Caption
    model_id: str
    took_s: float


@dataclass(frozen=True)
class Likeness:
    """How a frame fits a standing question.

    Attributes:
        likeness: how likely the thing is against all common backgrounds, in [0, 1].
        yes: how probably a model that answers questions says yes; None where none was asked.
        was_silent: it had been told already, and no model was asked: that is no reason to tell it again.
    """

    text: str
    likeness: float
    yes: float | None = None
    was_silent: bool = False


@dataclass(frozen=True, eq=False)
class StandingLook:
    """How a frame fits each standing question."""

    frame: VideoFrame
    found: tuple[Likeness, ...]


@dataclass(frozen=True)
class Notice:
    """One sentence that the user should read although work goes on, such as an engine that was restarted.

    `template` and `hint_template` are English with `{names}`, as in AppError; the window translates them.
    """

    template: str
    hint_template: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.template.format(**self.values)

    @property
    def hint(self) -> str:
        return self.hint_template.format(**self.values)


@dataclass(frozen=True)
class SourceNotice(Notice):
    """How a source is until the next one of the same track.

    Attributes:
        condition: silent, away and waited for, moved to another device, which is well, or "" for well.
    """

    track: str = ""
    device_name: str = ""
    condition: Literal["", "silent", "away", "moved"] = ""


@dataclass(frozen=True)
class CameraNotice(Notice):
    """How a camera is until the next one: away and waited for, delivering black, or "" for well."""

    device_name: str = ""
    condition: Literal["", "away", "black"] = ""


# ── sketch loop → session ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SketchJob:
    """A picture that is begun; a SketchStep for whatever its engine gives and one SketchEnded follow.

    Attributes:
        number: counts them up.
        revision: of what is drawn; none later was known when it began.
        kind: "live" ones follow the pen, a "final" one comes when it rests, an "ordered" one somebody asked for.
        of: the place of an ordered picture among those that were ordered together, and how many they are.
    """

    number: int
    revision: int
    kind: Literal["live", "final", "ordered"]
    request: SketchRequest
    of: tuple[int, int] = (1, 1)


@dataclass(frozen=True, eq=False)
class SketchStep:
    """What an engine gives on the way to a picture, and at last the picture."""

    job: SketchJob
    result: Progress | Notice | StepPreview | GeneratedImage


@dataclass(frozen=True, eq=False)
class SketchEnded:
    """A picture is complete, has given way or was cancelled, or has failed."""

    job: SketchJob
    is_complete: bool
    error: Exception | None = None


# ── source → session ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Levels:
    """What the meter and the waveform draw: the newest audio of a track as min/max pairs, and its RMS in dBFS."""

    track: str
    peaks: NDArray[np.float32]  # (columns, 2) min and max of each 20 ms column
    rms_dbfs: float


# ── session → history ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Segment:
    """One line of a transcript: committed words up to a pause or the end of a sentence."""

    track: str
    words: tuple[Word, ...]
    language: str = ""

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return self.words[-1].end_s

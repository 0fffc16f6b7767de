"""Training a reader of numbers, from writers' strokes to a model in the library."""

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from core.alphabet import ALPHABET
from core.data.lines.hands import read_hands
from core.data.lines.photographed import PhotographedLine, read_photographed
from core.errors import ConfigError, DataMissing
from core.evaluation.number_sets import SETS, compose_lines, measure_numbers
from core.evaluation.numbers import fit_calibration
from core.model.architectures import count_parameters
from core.model.card import TrainingData
from core.model.checkpoint import round_to_half
from core.model.library import DEFAULT_MODEL, load
from core.model.line_network import LineNetwork
from core.model.number_reader import NumberReader
from core.model.numbers_card import NUMBERS, VERSION, Calibration, NumbersCard, NumbersScore
from core.model.numbers_library import DEFAULT_NUMBERS, load_numbers, write_numbers
from core.settings import Settings, check_writable
from core.training.lines.batches import LinePools
from core.training.lines.cells import read_cells
from core.training.lines.loop import LineConfig, LineTraining
from core.training.lines.sources import line_sources
from core.training.resume import go_on, save
from core.training.train import LIBRARIES

CHECKPOINT_EVERY = 25  # pools of batches
VALIDATION_LINES = 4000
_CHEQUES_TO_CELLS = 2.0
_READ_AT_ONCE = 64


def train_numbers(
    name: str,
    config: LineConfig,
    settings: Settings,
    on_step: Callable[[int, float], None],
    checkpoint: Path | None = None,
    start: str = "",
    fonts: Path | None = None,
) -> Path:
    """Train a reader of numbers and put it into the library; return its folder.

    Args:
        on_step: called with the number of steps done, and CTC's mean loss of a line.
        checkpoint: a file from which an earlier training goes on, and that is written every 200 steps.
        start: a reader whose weights it begins with; empty to begin from nothing.
        fonts: a folder of fonts, for some printed lines among the written ones.

    Raises:
        ConfigError: an option is out of range.
        DataError: the pen strokes, UNIPEN or MNIST are not there or damaged, or the checkpoint is of another training.
        ModelError: there is no such reader to start from, or the model could not be written.
    """
    check_writable(settings, "trained")
    begin = load_numbers(settings, start).network if start else None
    hands = read_hands(settings, "train", _faces(fonts))
    real = _real_lines(settings)
    training = LineTraining(config, LinePools(hands, real, config.batch_size, config.real_share, config.seed))
    if begin:
        training.start_from(begin)
    if checkpoint and checkpoint.is_file():
        go_on(training, checkpoint)
    history = []
    for loss in training:
        history.append({"step": training.step, "loss": loss})
        on_step(training.step, loss)
        if checkpoint and training.pool % CHECKPOINT_EVERY == 0:
            save(training, checkpoint)
    return finish(training, _card(name, config, line_sources(hands, real)), settings, history)


def _faces(folder: Path | None) -> list[str]:
    if folder is None:
        return []
    faces = sorted(str(path) for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf"))
    if not faces:
        raise ConfigError(f"There are no fonts (.ttf, .otf) in {folder}.")
    return faces


def _real_lines(settings: Settings) -> list[PhotographedLine]:
    """The real lines that are there: cheques, which are few, as often as there are cells of puzzles, or more."""
    cheques, cells = (_present(read, settings) for read in (read_photographed, read_cells))
    times = max(1, round(_CHEQUES_TO_CELLS * len(cells) / len(cheques))) if cheques else 0
    return cheques * times + cells


def _present(read: Callable[[Settings], list[PhotographedLine]], settings: Settings) -> list[PhotographedLine]:
    try:
        return read(settings)
    except DataMissing:
        return []


def finish(
    training: LineTraining, card: NumbersCard, settings: Settings, history: Sequence[Mapping[str, float]]
) -> Path:
    """Calibrate a trained network on validation writers, score it once on test writers, and write it."""
    reader = NumberReader(card, round_to_half(training.trained()).eval(), load(DEFAULT_MODEL, settings))
    examples = compose_lines(read_hands(settings, "validation"), VALIDATION_LINES, card.seed + 1)
    evidence = [
        seen
        for start in range(0, len(examples), _READ_AT_ONCE)
        for seen in reader.look_at([line.picture for line in examples[start : start + _READ_AT_ONCE]])
    ]
    card = replace(card, calibration=fit_calibration(evidence, [line.text for line in examples]))
    reader = replace(reader, card=card)
    scores = tuple(_scores(reader, settings))
    return write_numbers(settings, reader.network, replace(card, scores=scores), history)


def _scores(reader: NumberReader, settings: Settings) -> Iterator[NumbersScore]:
    """The scores on the test split of every set that is there."""
    for name in SETS:
        try:
            yield measure_numbers(reader, name, "test", settings).score()
        except DataMissing:
            continue


def _card(name: str, config: LineConfig, sources: tuple[TrainingData, ...]) -> NumbersCard:
    return NumbersCard(
        reads=NUMBERS,
        version=VERSION,
        name=name,
        title="Numbers" if name == DEFAULT_NUMBERS else name.replace("-", " ").replace("_", " ").capitalize(),
        description="Convolutions over a line, trained by CTC on lines composed of pen strokes and of real cheques.",
        alphabet=ALPHABET,
        parameters=count_parameters(LineNetwork(len(ALPHABET) + 1)),
        temperature=1.0,
        calibration=Calibration(),
        second_opinion=DEFAULT_MODEL,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=config.seed,
        sources=sources,
        scores=(),
        training=asdict(config),
        versions={"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        weights_sha256="",
    )

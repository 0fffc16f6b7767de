"""Training a reader of numbers, from writers' strokes to a model in the library."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from core.alphabet import ALPHABET
from core.data.lines.hands import Hands, read_hands
from core.data.lines.photographed import PhotographedLine, read_photographed
from core.errors import ConfigError, DataEmpty, DataMissing
from core.evaluation.number_sets import SETS, LineData, compose_lines, in_parts, measure_set
from core.evaluation.numbers import fit_calibration
from core.model.architectures import count_parameters
from core.model.card import TrainingData, check_name
from core.model.checkpoint import check_free, check_library, round_to_half
from core.model.inference import Recogniser
from core.model.library import DEFAULT_MODEL, title_of
from core.model.line_network import build_line_network
from core.model.number_reader import NumberReader
from core.model.numbers_card import NUMBERS, VERSION, Calibration, NumbersCard, NumbersScore
from core.model.numbers_library import load_numbers, load_second_opinion, write_numbers
from core.settings import Settings, check_writable
from core.training.config import NUMBERS_CHECKPOINT_STEPS
from core.training.lines.batches import POOL, LinePools
from core.training.lines.cells import read_cells
from core.training.lines.loop import LineConfig, LineTraining
from core.training.lines.sources import line_sources
from core.training.resume import Checkpoint
from core.training.train import versions

CHECKPOINT_EVERY = max(1, NUMBERS_CHECKPOINT_STEPS // POOL)  # pools of batches
VALIDATION_LINES = 4000
_CHEQUES_TO_CELLS = 2.0


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

    What can be refused is refused before anything is learnt.

    Args:
        on_step: called with the number of steps done, and CTC's mean loss of a line.
        checkpoint: a file from which an earlier training goes on, and that is written every CHECKPOINT_EVERY pools.
        start: a reader whose weights it begins with; empty to begin with the eye of the digits' model.
        fonts: a folder of fonts, for some printed lines among the written ones.

    Raises:
        ReadOnly: nothing may be trained here.
        ConfigError: an option is out of range, or another one than that of the checkpoint; the name is that of a model
            of single characters.
        DataError: the pen strokes, UNIPEN or MNIST are not there or damaged, or the checkpoint is.
        ModelError: there is no such reader to start from, there is no model for the second opinion, or no reader can
            be written.
    """
    check_writable(settings, "trained")
    check_library(settings.models_dir)
    check_name(name)
    check_free(settings.models_dir / name, numbers=True)
    faces = _faces(fonts)
    options = {"start": start, "fonts": [Path(face).name for face in faces]}
    digits = load_second_opinion(DEFAULT_MODEL, settings)
    begin = load_numbers(settings, start) if start else None
    if begin:
        config = replace(config, network=begin.card.network)
    kept = Checkpoint(checkpoint, asdict(config) | options)
    hands, validation = read_hands(settings, "train", faces), read_hands(settings, "validation")
    cheques, cells = (_present(read, settings) for read in (read_photographed, read_cells))
    real = _mix(cheques, cells)
    training = LineTraining(config, LinePools(hands, real, config.batch_size, config.real_share, config.seed))
    former = _begin(training, begin, digits)
    kept.resume(training)
    _run(training, config, kept, on_step)
    sources = line_sources(settings, hands, cheques, cells)
    card = _card(name, config, _with_former(sources, former), options)
    return finish(training, card, validation, digits, settings, kept.history)


def _begin(training: LineTraining, reader: NumberReader | None, digits: Recogniser) -> tuple[TrainingData, ...]:
    """Give a network the weights of another one, and return what that has learnt from."""
    if reader:
        training.start_from(reader.network)
        return reader.card.sources
    if digits.eye and training.start_from_eye(digits.eye):
        return digits.card.sources
    return ()


def _run(
    training: LineTraining, config: LineConfig, checkpoint: Checkpoint, on_step: Callable[[int, float], None]
) -> None:
    for loss in training:
        checkpoint.history.append({"step": training.step, "loss": loss})
        on_step(training.step, loss)
        if training.pool % CHECKPOINT_EVERY == 0 or training.pool == config.pools:
            checkpoint.save(training)


def _faces(folder: Path | None) -> list[str]:
    if folder is None:
        return []
    faces = sorted(str(path) for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf"))
    if not faces:
        raise ConfigError(f"There are no fonts (.ttf, .otf) in {folder}.")
    return faces


def _mix(cheques: list[PhotographedLine], cells: list[PhotographedLine]) -> list[PhotographedLine]:
    """Cheques, which are few, are drawn as often as cells of puzzles, or more."""
    times = max(1, round(_CHEQUES_TO_CELLS * len(cells) / len(cheques))) if cheques else 0
    return cheques * times + cells


def _present(read: Callable[[Settings], list[PhotographedLine]], settings: Settings) -> list[PhotographedLine]:
    try:
        return read(settings)
    except DataMissing:
        return []


def _with_former(sources: tuple[TrainingData, ...], former: tuple[TrainingData, ...]) -> tuple[TrainingData, ...]:
    """The sources, and what else the network that was started from has learnt from."""
    names = {source.name for source in sources}
    return (*sources, *(source for source in former if source.name not in names))


def finish(
    training: LineTraining,
    card: NumbersCard,
    validation: Hands,
    digits: Recogniser,
    settings: Settings,
    history: Sequence[Mapping[str, float]],
) -> Path:
    """Calibrate a trained network on validation writers, score it once on test writers, and write it.

    Args:
        digits: the model of single digits that gives the second opinion.
    """
    reader = NumberReader(card, round_to_half(training.trained()).eval(), digits)
    examples = compose_lines(validation, VALIDATION_LINES, card.seed + 1)
    evidence = [seen for part in in_parts(examples) for seen in reader.look_at([line.picture for line in part])]
    card = replace(card, calibration=fit_calibration(evidence, [line.text for line in examples]))
    reader = replace(reader, card=card)
    scores = tuple(_scores(reader, settings))
    return write_numbers(settings, reader.network, replace(card, scores=scores), history)


def _scores(reader: NumberReader, settings: Settings) -> Iterator[NumbersScore]:
    """The scores on the test split of every set that is there."""
    data = LineData(settings, "test")
    for chosen in SETS.values():
        try:
            yield measure_set(reader, chosen, data).score()
        except (DataMissing, DataEmpty):
            continue


def _card(
    name: str, config: LineConfig, sources: tuple[TrainingData, ...], options: Mapping[str, object]
) -> NumbersCard:
    """The card, but for calibration, scores and hash."""
    return NumbersCard(
        reads=NUMBERS,
        version=VERSION,
        name=name,
        title=title_of(name),
        description="Convolutions over a line, trained by CTC on lines composed of pen strokes and on real ones.",
        network=config.network,
        alphabet=ALPHABET,
        parameters=count_parameters(build_line_network(config.network)),
        temperature=1.0,
        calibration=Calibration(),
        second_opinion=DEFAULT_MODEL,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=config.seed,
        sources=sources,
        scores=(),
        training=asdict(config) | dict(options),
        versions=versions(),
        weights_sha256="",
    )

import hashlib
import json
from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest
import torch
from sklearn import metrics as sk

from core.charsets import BALANCED, DIGITS, Charset
from core.charts.calibration import refusal_histogram
from core.cli.main import main
from core.data import doodles_held_out
from core.data.datasets import Dataset
from core.data.strokes import Strokes
from core.errors import ConfigError
from core.evaluation import outlier_sets as drawings
from core.evaluation import rejection
from core.evaluation.metrics import wilson_interval
from core.evaluation.outlier_sets import OutlierSet, outlier_sets
from core.evaluation.rejection import Rejection, examples, sample, to_cells
from core.model.architectures import build, count_parameters
from core.model.card import CARD_VERSION, Card
from core.model.checkpoint import pack_weights, write_model
from core.model.library import load
from core.model.prediction import Verdict, judge
from core.model.records import StoredAnswers
from core.settings import Settings
from core.vision.normalise import normalise
from tests.support.glyphs import longer_sides
from tests.support.models import HISTORY, make_model
from tests.support.strokes import draw
from tests.support.unipen import record, write_records, writer_in

THRESHOLD, SURE = 0.5, 0.8
OTHER, SEVERAL = 10, 11  # outputs
DASH: Strokes = (((0, 0), (400, 20)),)
HELD_OUT = [name.capitalize() for name in doodles_held_out.HELD_OUT]


@pytest.fixture(autouse=True)
def few_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as a test needs of each kind."""
    monkeypatch.setattr(drawings, "EACH", 40)


def make_knowing_model(settings: Settings, name: str, logits: dict[int, float]) -> Card:
    """Write a model of digits that knows outliers, and gives these logits to everything; 0 to the other outputs."""
    network = build("lenet5", 12, 0.0)
    last = network.get_submodule("output")
    assert isinstance(last, torch.nn.Linear)
    torch.nn.init.zeros_(last.weight)
    torch.nn.init.zeros_(last.bias)
    with torch.no_grad():
        for place, logit in logits.items():
            last.bias[place] = logit
    weights = pack_weights(network)
    card = Card(
        CARD_VERSION,
        name,
        name.capitalize(),
        "A network that says the same of everything.",
        "digits",
        "lenet5",
        {"dropout": 0.0},
        count_parameters(network),
        mean=0.13,
        std=0.31,
        temperature=1.0,
        threshold=SURE,
        created="2026-01-02T03:04:05+00:00",
        seed=0,
        sources=(),
        scores=(),
        training={"epochs": 1},
        versions={"python": "3.11"},
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        knows_outliers=True,
        rejection_threshold=THRESHOLD,
    )
    write_model(
        settings.models_dir / name, weights, card, [StoredAnswers("mnist", np.arange(10), np.eye(10))], [HISTORY]
    )
    return card


def judged(kind: str, scores: Sequence[float], new: bool = False, best: float = 1.0) -> OutlierSet:
    """Outliers that a model gives these refusal scores, and `best` to the digit 3 if they are one digit."""
    shares = np.full(10, (1 - best) / 9)
    shares[3] = best
    glyphs = np.zeros((len(scores), 28, 28), np.uint8)
    glyphs[:, 0, 0] = np.arange(len(scores))
    answers = tuple(judge(DIGITS, shares, False, SURE, score, 0.0, THRESHOLD) for score in scores)
    return OutlierSet(kind, glyphs, new, answers)


def write_signs(
    settings: Settings, writer: str, kind: str, labels: str, more: Sequence[dict[str, object]] = ()
) -> None:
    """Write a kind of UNIPEN: a dash under each of the labels, and more records."""
    write_records(settings.data_dir, kind, [*(record(label, writer, DASH) for label in labels), *more])


def drawn(labels: str) -> Dataset:
    images = np.stack([normalise(draw(label)).glyph for label in labels])
    return Dataset("drawn", "Drawn", "test", "", DIGITS, images, np.array([int(label) for label in labels]))


# Figures


def test_the_figures_by_hand() -> None:
    characters = np.array([0.6, 0.3, *np.zeros(198)])  # 1 % are two, which any threshold above 0 may lose
    sets = (judged("Heart", [0.9, 0.4, 0.1], new=True), judged("Dot or line", [0.2, 0.0]))
    found = Rejection(DIGITS, THRESHOLD, characters, sets)
    assert found.strict == 0.1
    assert found.characters_refused == 1
    rows = {row.kind: row for row in found.rows}
    assert list(rows) == ["Heart", "Dot or line", rejection.NEW, rejection.ALL]
    heart, line, every = rows["Heart"], rows["Dot or line"], rows[rejection.ALL]
    assert (heart.outliers, heart.accepted, heart.refused, heart.confident) == (3, 0, 1, 1)
    assert (line.outliers, line.accepted, line.refused, line.confident) == (2, 1, 0, 2)
    assert (every.outliers, every.accepted, every.refused, every.confident) == (5, 1, 1, 3)
    # Of 200 characters 0.9 is above all, 0.4 above 199, 0.1 and 0.2 above 198; 0.0 is equal to 198, which count half.
    assert heart.auroc == pytest.approx((200 + 199 + 198) / 600)
    assert line.auroc == pytest.approx((198 + 198 / 2) / 400)
    assert every.auroc == pytest.approx((200 + 199 + 198 + 198 + 99) / 1000)
    assert rows[rejection.NEW].auroc == heart.auroc


def test_the_area_is_that_of_scikit_learn_and_the_threshold_loses_what_it_may() -> None:
    random = np.random.default_rng(5)
    characters, scores = random.beta(1, 6, 1000), random.beta(4, 2, 300)
    found = Rejection(DIGITS, THRESHOLD, characters, (judged("Star", scores.tolist()),))
    (star, every) = found.rows
    truth = np.arange(1300) >= 1000
    assert star.auroc == pytest.approx(sk.roc_auc_score(truth, np.concatenate([characters, scores])))
    assert star.accepted == every.accepted == (scores < found.strict).sum()
    lost = (characters >= found.strict).sum()
    assert lost <= 10
    below = scores[scores < found.strict].max()  # the next threshold that an outlier would be refused by loses too many
    assert (characters >= below).sum() > 10


def test_where_every_threshold_loses_too_many_all_are_accepted() -> None:
    found = Rejection(DIGITS, THRESHOLD, np.full(50, 0.9), (judged("Star", [0.9, 0.1]),))
    assert found.strict == np.inf
    assert found.rows[-1].accepted == 2
    assert found.characters_refused == 50


def test_look_alikes_count_as_confident() -> None:
    shares = np.zeros(len(BALANCED.characters))
    for character, share in (("0", 0.5), ("O", 0.45), ("3", 0.05)):
        shares[BALANCED.characters.index(character)] = share
    answer = judge(BALANCED, shares, False, SURE, 0.1, 0.0, THRESHOLD)
    assert answer.verdict is Verdict.ALIKE
    star = OutlierSet("Star", np.zeros((1, 28, 28), np.uint8), answers=(answer,))
    (row, _) = Rejection(BALANCED, THRESHOLD, np.zeros(4), (star,)).rows
    assert row.confident == 1


def test_the_worst_examples_come_first() -> None:
    sure, unsure = judged("Star", [0.9, 0.1, 0.6, 0.0]), judged("House", [0.2, 0.0], best=0.5)
    found = examples([sure, unsure])
    assert [(one.kind, one.answer.rejection) for one in found] == [
        *(("Star", 0.0), ("Star", 0.1)),
        *(("House", 0.0), ("House", 0.2)),
        *(("Star", 0.6), ("Star", 0.9)),
    ]
    assert [one.sure for one in found] == [True, True, False, False, False, False]
    assert [one.refused for one in found] == [False] * 4 + [True] * 2
    assert found[0].glyph[0, 0] == 3


def test_every_share_has_its_count_and_interval_in_words() -> None:
    found = Rejection(DIGITS, THRESHOLD, np.array([0.9, *np.zeros(399)]), (judged("Star", [0.9] * 190 + [0.0] * 10),))
    low, high = (100 * bound for bound in wilson_interval(190, 200))
    assert rejection.in_words(found, "MNIST, test") == (
        f"Of 200 drawings that are not one digit the model refuses 190 (95.00 %, 95 % interval {low:.2f} to {high:.2f} "
        "%), and is confident of its answer to 10 (5.00 %, 95 % interval 2.74 to 8.96 %). Of 400 real digits (MNIST, "
        "test) it refuses 1 (0.25 %, 95 % interval 0.04 to 1.40 %)."
    )
    cells = to_cells(found.rows[0])
    assert len(cells) == len(rejection.HEADER)
    assert cells[:2] == ["Star", "200"]
    assert cells[-2:] == [f"95.0 % ({low:.1f} to {high:.1f})", "5.0 % (2.7 to 9.0)"]


def test_the_histogram_counts_all_and_marks_the_threshold() -> None:
    figure = refusal_histogram(np.array([0.01, 0.02, 0.93]), np.array([0.97, 0.99]), THRESHOLD, "digit")
    digits, others = figure.data
    assert (digits.name, others.name) == ("digits", "not one digit")
    assert (sum(digits.y), sum(others.y), others.y[-1]) == (3, 2, 2)
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.shapes[0].x0 == 100 * THRESHOLD
    assert "(%)" in figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text == "Drawings (log scale)"


# Sets


@pytest.mark.parametrize("charset", [DIGITS, BALANCED], ids=lambda charset: charset.name)
def test_sets_are_those_of_their_seed(charset: Charset, settings: Settings) -> None:
    characters = drawn("0123456789").images
    found, again = (outlier_sets(charset, characters, settings, 3) for _ in range(2))
    several = "Several digits" if charset == DIGITS else "Several characters"
    assert [one.kind for one in found] == [*HELD_OUT, "Dot or line", several]
    assert [one.kind for one in found if one.new] == HELD_OUT
    for one, same, other in zip(found, again, outlier_sets(charset, characters, settings, 4), strict=True):
        assert one.glyphs.shape == (drawings.EACH, 28, 28)
        assert one.glyphs.any(axis=(1, 2)).all()
        assert max(longer_sides(one.glyphs)) == charset.glyph_side
        np.testing.assert_array_equal(one.glyphs, same.glyphs)
        assert (one.glyphs != other.glyphs).any()


def test_signs_and_letters_are_those_of_test_writers(settings: Settings) -> None:
    characters = drawn("38").images
    without = {one.kind: one.glyphs for one in outlier_sets(DIGITS, characters, settings, 0)}
    write = partial(write_signs, settings, writer_in("test"))
    write("signs", "+?#" * 4 + "/")  # a slash is somebody's 1
    write("capitals", "AO" * 3)  # as an O is a 0
    write("small-letters", "hl" * 2, more=[record("h", writer_in("train"), DASH)] * 9)
    found = {one.kind: one.glyphs for one in outlier_sets(DIGITS, characters, settings, 0)}
    assert [*found] == [*HELD_OUT, "Dot or line", "Sign", "Letter", "Several digits"]
    assert (len(found["Sign"]), len(found["Letter"])) == (12, 3 + 2)
    for kind, glyphs in without.items():
        np.testing.assert_array_equal(glyphs, found[kind])
    assert [one.kind for one in outlier_sets(BALANCED, characters, settings, 0)][-2:] == ["Sign", "Several characters"]


def test_a_part_of_many_characters_with_ink_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejection, "CHARACTERS", 6)
    data = drawn("0123456789")
    data.images[:3] = 0
    chosen = sample(data)
    assert len(chosen.images) == 6
    assert set(chosen.labels.tolist()) <= set(range(3, 10))
    np.testing.assert_array_equal(chosen.labels, sample(data).labels)
    np.testing.assert_array_equal(chosen.labels, np.sort(chosen.labels))
    data.images[:] = 0
    with pytest.raises(ConfigError, match="Drawn has no characters"):
        sample(data)


# A model


def test_a_model_is_measured(settings: Settings) -> None:
    make_knowing_model(settings, "doubting", {3: 20.0, SEVERAL: 18.0})  # several: 0.12, by e to the second
    recogniser, data = load("doubting", settings), drawn("0123456789" * 30)
    seen: list[tuple[int, int]] = []
    sets = outlier_sets(DIGITS, data.images, settings, 0)
    found = rejection.measure(recogniser, data, sets, lambda done, total: seen.append((done, total)))
    total = 300 + 40 * len(sets)
    assert seen == [
        *((done, total) for done in (100, 200, 300)),
        *((done, total) for done in range(340, total + 1, 40)),
    ]
    expected = 1 / (1 + np.exp(2))
    assert recogniser.rejections(data.images[:2])[:, 1] == pytest.approx(expected, abs=1e-6)
    assert found.characters == pytest.approx(expected, abs=1e-6)
    assert found.outliers == pytest.approx(expected, abs=1e-6)
    every = found.rows[-1]
    assert (every.outliers, every.refused, every.confident) == (len(found.outliers), 0, len(found.outliers))
    assert every.auroc == pytest.approx(0.5, abs=1e-3)
    assert found.characters_refused == 0


def test_blank_images_are_no_characters_and_a_refusing_model_refuses_all(settings: Settings) -> None:
    make_knowing_model(settings, "shy", {OTHER: 20.0})
    data = drawn("0123")
    data.images[0] = 0
    found = rejection.measure_all(load("shy", settings), data, settings)
    assert (len(found.characters), found.characters_refused) == (3, 3)
    assert (found.rows[-1].refused, found.rows[-1].confident) == (40 * 7, 0)


def test_a_model_that_knows_no_outliers_is_told_from_one_that_does(settings: Settings) -> None:
    make_model(settings)
    with pytest.raises(ConfigError, match="--outliers"):
        rejection.measure_all(load("tiny", settings), drawn("1"), settings)


# Command line


def test_the_command_line_prints_the_table(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIGITS_MODELS_DIR", str(settings.models_dir))
    monkeypatch.setenv("DIGITS_DATA_DIR", str(settings.data_dir))
    make_knowing_model(settings, "bold", {3: 20.0})
    make_model(settings)
    words = ["evaluate", "bold", "--dataset", "uci-digits"]
    assert main(words) == 0
    plain = capsys.readouterr().out
    assert main([*words, "--outliers"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(plain)
    assert "Of 280 drawings that are not one digit the model refuses 0 (0.00 %" in out
    assert "Of 450 real digits (UCI digits, test) it refuses 0 (0.00 %, 95 % interval 0.00 to 0.85 %)." in out
    header, *rows = out.splitlines()[-10:]
    assert header.split("  ")[0] == "Kind"
    assert [row.split("  ")[0] for row in rows][-2:] == [rejection.NEW, rejection.ALL]
    assert all(row.endswith("100.0 % (91.2 to 100.0)") for row in rows[:7])

    assert main([*words, "--outliers", "--format", "json"]) == 0
    figures = json.loads(capsys.readouterr().out)["outliers"]
    assert (figures["threshold"], figures["characters"], figures["characters_refused"]) == (THRESHOLD, 450, 0)
    assert figures["kinds"][-1] == {
        "kind": rejection.ALL,
        "outliers": 280,
        "auroc": pytest.approx(0.5, abs=1e-3),
        "accepted": 280,
        "refused": 0,
        "confident": 280,
    }
    assert main([*words[:1], "tiny", *words[2:], "--outliers"]) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    assert "does not know what is not a digit" in refused.err

"""The command line, mostly in this process; what only shows in a process of its own is run as a user runs it."""

import csv
import dataclasses
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.charsets import DIGITS
from core.cli.main import main
from core.cli.predict import files_in, read_pictures
from core.model.library import load
from core.settings import Settings
from core.training.config import PRESETS, TrainConfig, to_json
from tests.support.emnist import write_emnist
from tests.support.forms import to_file
from tests.support.models import make_model
from tests.support.strokes import draw

ROOT = Path(__file__).resolve().parents[2]
TRAINING = ["train", "--name", "tiny", "--datasets", "uci-digits", "--epochs", "2", "--batch-size", "64"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model library with one model, trained by the command line on what comes with scikit-learn."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGITS_MODELS_DIR", str(folder))
        assert main(TRAINING) == 0
    return folder


@pytest.fixture
def run(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("models")` gives exit status, standard output and standard error, with the small library and no data."""
    monkeypatch.setenv("DIGITS_MODELS_DIR", str(library))
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "no-data"))

    def call(*words: str | Path) -> tuple[int, str, str]:
        try:
            status = main([str(word) for word in words])
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with a 3, a blank sheet, a 7 in a folder below, and files that are none of its business."""
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    Image.fromarray(draw("3")).save(folder / "10.png")
    Image.fromarray(np.full((60, 60), 255, np.uint8)).save(folder / "9.png")
    Image.fromarray(draw("7")).save(folder / "more" / "1.JPG", format="JPEG")
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").write_bytes(b"no picture")
    return folder


def process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_training_leaves_a_model_that_can_read(library: Path) -> None:
    card = json.loads((library / "tiny" / "card.json").read_text(encoding="utf-8"))
    assert card["training"]["epochs"] == 2
    assert card["scores"][0]["accuracy"] > 0.8


# predict


def test_predict_json_has_a_line_for_every_picture_in_natural_order(run: Run, pictures: Path) -> None:
    status, out, err = run("predict", pictures, "--model", "tiny", "--format", "json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (0, f"{pictures}: skipped 1 file without the ending of a picture (.txt).\n")
    assert [Path(row["file"]).relative_to(pictures) for row in rows] == [
        Path("9.png"),
        Path("10.png"),
        Path("more/1.JPG"),
    ]
    for row in rows:
        assert list(row) == ["file", "label", "confidence", "verdict", "rejection", "probabilities"]
        assert row["rejection"] == 0.0  # of a model that knows no outliers
        assert list(row["probabilities"]) == list("0123456789")
        assert sum(row["probabilities"].values()) == pytest.approx(1)
    assert (rows[0]["label"], rows[0]["confidence"], rows[0]["verdict"]) == (None, 0.0, "blank")
    assert rows[1]["probabilities"][rows[1]["label"]] == max(rows[1]["probabilities"].values()) == rows[1]["confidence"]


def test_predict_reads_on_after_bad_files(run: Run, pictures: Path, tmp_path: Path) -> None:
    empty, page = tmp_path / "empty.png", tmp_path / "page.png"
    empty.touch()
    page.write_text("<html></html>")
    words = [empty, pictures / "10.png", page, tmp_path / "absent.png", pictures / "9.png"]
    status, out, err = run("predict", *words, "--model", "tiny", "--format", "json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert [row["file"] for row in rows] == [str(word) for word in words]
    assert [list(row) == ["file", "error"] for row in rows] == [True, False, True, True, False]
    assert rows[3]["error"] == "There is no such file."
    assert err == "3 of 5 could not be read.\n"


def test_predict_csv_has_the_same_columns_for_answers_and_errors(run: Run, pictures: Path, tmp_path: Path) -> None:
    status, out, _ = run("predict", pictures, tmp_path / "absent.png", "--model", "tiny", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 1
    columns = ["file", "label", "confidence", "verdict", "rejection", "error"]
    assert list(rows[0]) == [*columns, *(f"p_{digit}" for digit in range(10))]
    assert [row["verdict"] for row in rows][::3] == ["blank", ""]
    assert [bool(row["error"]) for row in rows] == [False, False, False, True]
    assert sum(float(rows[1][f"p_{digit}"]) for digit in range(10)) == pytest.approx(1, abs=1e-4)


def test_predict_can_be_restricted_to_a_kind(run: Run, pictures: Path, library: Path) -> None:
    make_model(Settings(library, library), name="both", charset="balanced", threshold=0.0)
    status, out, _ = run("predict", pictures / "10.png", "--model", "both", "--only", "small", "--format", "json")
    row = json.loads(out)
    assert status == 0
    assert list(row["probabilities"]) == list("abcdefghijklmnopqrstuvwxyz")
    assert sum(row["probabilities"].values()) == pytest.approx(1)
    assert row["label"].islower()
    assert run("predict", pictures / "10.png", "--model", "tiny", "--only", "digits")[0] == 0
    status, _, err = run("predict", pictures / "10.png", "--model", "tiny", "--only", "capitals")
    assert status == 2
    assert "reads digits cannot be restricted to capitals" in err
    shutil.rmtree(library / "both")


def test_predict_shows_a_model_of_letters_large_characters(
    run: Run, pictures: Path, library: Path, sides_read: set[int]
) -> None:
    make_model(Settings(library, library), name="both", charset="balanced")
    assert run("predict", pictures / "10.png", "--model", "tiny")[0] == 0
    assert run("predict", pictures / "10.png", "--model", "both")[0] == 0
    assert sides_read == {20, 24}
    shutil.rmtree(library / "both")


def test_predict_says_which_characters_look_alike(run: Run, pictures: Path, library: Path) -> None:
    make_model(Settings(library, library), name="both", says="O0", charset="balanced", threshold=0.99)
    _, out, _ = run("predict", pictures / "10.png", "--model", "both", "--format", "json")
    row = json.loads(out)
    assert (row["label"], row["verdict"], row["alike"]) == ("O", "alike", ["O", "0"])
    assert row["together"] == pytest.approx(1)
    assert "alike (O or 0)" in run("predict", pictures / "10.png", "--model", "both")[1]
    shutil.rmtree(library / "both")


@pytest.mark.parametrize("verdict", ["other", "several"])
def test_predict_says_what_is_not_one_character(run: Run, pictures: Path, library: Path, verdict: str) -> None:
    make_model(Settings(library, library), name="doubting", says="4", refuses=verdict)
    picture = pictures / "10.png"
    try:
        text, line, table = (
            run("predict", picture, "--model", "doubting", "--format", kind)[1] for kind in ("text", "json", "csv")
        )
    finally:
        shutil.rmtree(library / "doubting")
    assert text.split() == ["-", verdict, str(picture)]
    row = json.loads(line)
    assert (row["label"], row["confidence"], row["verdict"]) == (None, 0.0, verdict)
    assert row["rejection"] > 0.9
    assert max(row["probabilities"], key=row["probabilities"].get) == "4"
    (cells,) = csv.DictReader(io.StringIO(table))
    assert (cells["label"], cells["confidence"], cells["verdict"], cells["error"]) == ("", "0.000000", verdict, "")
    assert float(cells["rejection"]) == pytest.approx(row["rejection"], abs=1e-6)
    assert float(cells["p_4"]) > 0.9


def test_predict_csv_holds_no_formula(
    run: Run, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = '=HYPERLINK("x").png'
    shutil.copy(pictures / "10.png", tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for word, kind, path in (
        (name, "csv", f"'{name}"),
        (f"./{name}", "csv", f"'{name}"),
        ("=no.png", "csv", "'=no.png"),
    ):
        (row,) = csv.DictReader(io.StringIO(run("predict", word, "--model", "tiny", "--format", kind)[1]))
        assert row["file"] == path
    assert json.loads(run("predict", name, "--model", "tiny", "--format", "json")[1])["file"] == name


def test_predict_text_puts_answers_and_reasons_apart(run: Run, pictures: Path, tmp_path: Path) -> None:
    status, out, err = run("predict", pictures / "9.png", tmp_path / "absent.png", "--model", "tiny")
    assert status == 1
    assert out.split() == ["-", "blank", str(pictures / "9.png")]
    assert err == f"{tmp_path / 'absent.png'}: There is no such file.\n"


def test_predict_takes_more_pictures_than_a_batch(run: Run, pictures: Path) -> None:
    status, out, _ = run("predict", *[pictures / "10.png"] * 70, "--model", "tiny", "--format", "json")
    assert (status, len(out.splitlines()), len(set(out.splitlines()))) == (0, 70, 1)


def test_predict_says_that_a_folder_holds_no_picture(run: Run, tmp_path: Path) -> None:
    status, out, err = run("predict", tmp_path, "--model", "tiny")
    assert (status, out) == (1, "")
    assert err == f"{tmp_path}: There is no picture in this folder.\n"


def test_predict_says_what_it_skips_in_a_folder(run: Run, pictures: Path, tmp_path: Path) -> None:
    for name in ("more/b.TXT", "more/report.pdf", "README", ".hidden", "more/.x/a.md"):
        (pictures / name).parent.mkdir(exist_ok=True)
        (pictures / name).write_text("no picture")
    status, out, err = run("predict", pictures, "--model", "tiny", "--format", "csv")
    assert (status, len(out.splitlines())) == (0, 4)
    assert err == f"{pictures}: skipped 4 files without the ending of a picture (.txt, .pdf, no ending).\n"
    only = tmp_path / "only"
    only.mkdir()
    for number in range(20):
        (only / f"a.e{number:02}").touch()
    _, _, err = run("predict", only, "--model", "tiny")
    assert err.splitlines()[0].endswith("(.e00, .e01, .e02, .e03, .e04, .e05, .e06, .e07, …).")
    assert err.splitlines()[1:] == [f"{only}: There is no picture in this folder."]


def test_predict_reads_formats_by_all_their_names(run: Run, tmp_path: Path) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    kinds = {"a.jfif": "JPEG", "b.JPE": "JPEG", "c.jif": "JPEG", "d.heic": "HEIF", "e.HEIF": "HEIF", "f.avif": "AVIF"}
    for name, kind in kinds.items():
        Image.fromarray(draw("3")).save(tmp_path / name, kind)
    status, out, err = run("predict", tmp_path, "--model", "tiny", "--format", "json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (0, "")
    assert [Path(row["file"]).name for row in rows] == list(kinds)
    assert len({row["label"] for row in rows}) == 1


def test_predict_says_which_pages_it_leaves_out(run: Run, tmp_path: Path) -> None:
    pages = [Image.fromarray(draw(digit)) for digit in "357"]
    path = tmp_path / "pages.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    note = "page 1 of 3; the others were not read: save each page as a picture of its own"
    for kind in ("json", "csv", "text"):
        status, out, err = run("predict", path, "--model", "tiny", "--format", kind)
        assert (status, err) == (0, f"{path}: {note}.\n")
        assert ("note" in out) == (kind == "json")
        if kind == "json":
            assert json.loads(out)["note"] == note


def test_predict_refuses_a_file_over_the_limit(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITS_MAX_UPLOAD_MB", "1")
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(1_500_000)
    status, _, err = run("predict", large, "--model", "tiny")
    assert (status, err) == (1, f"{large}: The file has 1.5 MB; the limit is 1 MB (DIGITS_MAX_UPLOAD_MB).\n")


def test_pictures_are_found_in_natural_order(tmp_path: Path) -> None:
    names = ["a/2.png", "a/10.png", "b1.png", "b01.tif", "B3.gif", "b20.bmp", "c.webp"]
    for name in reversed(names):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in files_in(tmp_path)[0]]
    assert sorted(found) == sorted(names)
    assert [name for name in found if name != "b01.tif"] == [name for name in names if name != "b01.tif"]


# train


def test_train_has_an_option_for_every_field(run: Run) -> None:
    status, out, _ = run("train", "--help")
    assert status == 0
    for field in dataclasses.fields(TrainConfig):
        assert f"--{field.name.replace('_', '-')}" in out


def test_dry_run_goes_through_two_batches_and_writes_nothing(run: Run, library: Path) -> None:
    status, out, _ = run("train", "--preset", "quick", "--datasets", "uci-digits", "--name", "trial", "--dry-run")
    assert status == 0
    assert out == "The trial run of 2 batches went well. Nothing was written.\n"
    assert not (library / "trial").exists()


def test_options_change_a_preset_and_a_file(run: Run, library: Path, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(
        to_json(dataclasses.replace(PRESETS["quick"], datasets=("uci-digits",), epochs=3)), encoding="utf-8"
    )
    status, out, err = run("train", "--config", file, "--name", "from-file", "--epochs", "1", "--no-channels-last")
    assert status == 0, err
    trained = json.loads((library / "from-file" / "card.json").read_text(encoding="utf-8"))["training"]
    assert (trained["epochs"], trained["channels_last"], trained["rotation"]) == (1, False, PRESETS["quick"].rotation)
    assert "UCI digits" in out
    assert "epoch 1:" in err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--epochs", "0"], "epochs must be a whole number from 1"),
        (["--epochs", "many"], "invalid int value"),
        (["--name", "../out"], "name"),
        (["--datasets", "cats"], "invalid choice"),
        (["--config", "absent.json"], "cannot be read"),
        (["--preset", "quick", "--config", "absent.json"], "not allowed with"),
        (["--speed", "9"], "unrecognized arguments"),
    ],
)
def test_train_refuses_wrong_options(run: Run, words: list[str], reason: str) -> None:
    status, out, err = run("train", *words)
    assert (status, out) == (2, "")
    assert reason in err


def test_train_says_how_to_get_absent_data(run: Run) -> None:
    status, _, err = run("train", "--datasets", "mnist")
    assert status == 1
    assert "python -m core data download mnist" in err


# evaluate


def test_evaluate_json_agrees_with_the_card(run: Run, library: Path) -> None:
    status, out, _ = run("evaluate", "tiny", "--dataset", "uci-digits", "--format", "json")
    figures = json.loads(out)
    card = json.loads((library / "tiny" / "card.json").read_text(encoding="utf-8"))
    assert status == 0
    assert figures["accuracy"] == card["scores"][0]["accuracy"]
    assert (figures["model"], figures["split"], figures["images"]) == ("tiny", "test", 450)
    assert np.sum(figures["confusion"]) == 450
    right = np.trace(figures["confusion"]) / 450
    assert figures["low"] < right < figures["high"]
    assert (figures["charset"], figures["characters"]) == ("digits", list("0123456789"))


def test_evaluate_says_what_the_images_were_used_for(run: Run) -> None:
    assert run("evaluate", "tiny", "--dataset", "uci-digits")[2] == ""
    _, out, err = run("evaluate", "tiny", "--dataset", "uci-digits", "--split", "train", "--format", "json")
    assert json.loads(out)["images"] == 1347
    assert "trained on these images" in err


def test_evaluate_text_names_images_interval_and_confusions(run: Run) -> None:
    status, out, _ = run("evaluate", "tiny", "--dataset", "uci-digits", "--split", "train")
    assert status == 0
    assert "UCI digits, train: 1,347 images" in out
    for word in ("accuracy", "95 % interval", "calibration error", "confident", "confusions"):
        assert word in out


def test_evaluate_says_that_a_model_of_letters_reads_digits_as_digits_only(run: Run, library: Path) -> None:
    make_model(Settings(library, library), "scribe", charset="balanced")
    try:
        out = run("evaluate", "scribe", "--dataset", "uci-digits")[1]
        figures = json.loads(run("evaluate", "scribe", "--dataset", "uci-digits", "--format", "json")[1])
    finally:
        shutil.rmtree(library / "scribe")
    assert "450 images, read as digits only" in out
    assert (figures["charset"], len(figures["characters"]), len(figures["confusion"])) == ("digits", 10, 10)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["nobody", "--dataset", "uci-digits"], 2),
        (["tiny", "--dataset", "cats"], 2),
        (["tiny", "--dataset", "uci-digits", "--split", "best"], 2),
        (["tiny"], 2),
        (["tiny", "--dataset", "photos"], 1),
    ],
)
def test_evaluate_refuses_what_it_cannot_measure(run: Run, words: list[str], status: int) -> None:
    found, out, err = run("evaluate", *words)
    assert (found, out) == (status, "")
    assert err.strip()
    assert "Traceback" not in err


# models and data


def test_models_shows_scores_and_damage(run: Run, library: Path) -> None:
    (library / "broken").mkdir()
    try:
        status, out, _ = run("models")
    finally:
        (library / "broken").rmdir()
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert status == 1
    assert "n = 450" in lines["tiny"]
    assert "damaged: card.json" in lines["broken"]


def test_a_damaged_model_is_a_sentence(run: Run, library: Path, pictures: Path) -> None:
    (library / "broken").mkdir()
    try:
        status, out, err = run("predict", pictures, "--model", "broken")
    finally:
        (library / "broken").rmdir()
    assert (status, out) == (1, "")
    assert err.startswith("The model 'broken' is damaged.")


def test_data_tells_what_is_here(run: Run) -> None:
    status, out, _ = run("data")
    states = {line.split("  ")[0]: line for line in out.splitlines()}
    assert status == 0
    assert "  here " in states["uci-digits"]
    assert "can be downloaded" in states["mnist"]


def test_data_calls_a_stand_in_by_its_name(run: Run, tmp_path: Path) -> None:
    assert "stand-in" not in run("data")[1]
    write_emnist(tmp_path / "no-data", "balanced", each=1)
    (line,) = (line for line in run("data")[1].splitlines() if line.startswith("emnist-balanced "))
    assert re.split(" {2,}", line)[1:3] == ["EMNIST Balanced (stand-in)", "here"]


def test_data_download(run: Run) -> None:
    assert run("data", "download", "uci-digits") == (0, "UCI digits is here already.\n", "")
    assert run("data", "download", "cats")[0] == 2
    assert run("data", "download", "photos")[0] == 2
    assert run("data", "download")[0] == 2


# what only a process of its own shows


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["predict", "--help"], ["models"]])
def test_help_and_lists_load_no_torch(words: list[str], library: Path) -> None:
    code = (
        "import sys, core.cli.main as cli\n"
        "try: cli.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.exit('torch' in sys.modules)"
    )
    environment = os.environ | {"DIGITS_MODELS_DIR": str(library)}
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, env=environment, capture_output=True)
    assert done.returncode == 0


def test_wrong_usage_and_wrong_setting_end_with_2() -> None:
    nothing = process()
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "usage: python -m core" in nothing.stderr
    setting = process("models", DIGITS_MAX_UPLOAD_MB="much")
    assert setting.returncode == 2
    assert "DIGITS_MAX_UPLOAD_MB" in setting.stderr
    assert setting.stderr.count("\n") == 1


def test_a_closed_pipe_is_no_error(library: Path, pictures: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "core", "predict", str(pictures / "10.png"), "--model", "tiny"],
            cwd=ROOT,
            env=os.environ | {"DIGITS_MODELS_DIR": str(library)},
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (141, "")


def test_ctrl_c_is_a_sentence(library: Path) -> None:
    command = [sys.executable, "-m", "core", *TRAINING, "--images", "300", "--epochs", "1000", "--name", "endless"]
    environment = os.environ | {"DIGITS_MODELS_DIR": str(library)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as training:
        assert training.stderr is not None
        while "epoch" not in training.stderr.readline():
            assert training.poll() is None
        training.send_signal(signal.SIGINT)
        rest = training.stderr.read()
    assert training.returncode == 130
    assert rest.endswith("Stopped.\n")
    assert "Traceback" not in rest
    assert not (library / "endless").exists()


# report


def test_report_writes_one_page_about_the_model(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "tiny.html"
    status, said, err = run("report", "tiny", "--out", out)
    assert (status, err) == (0, "")
    assert said.startswith(f"The report of tiny on UCI digits is now in {out}")
    page = out.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "450 images" in page
    assert "data:image/png;base64," in page  # this data set is always here, and so are its mistakes


def test_report_measures_where_no_answers_are_stored(run: Run, library: Path, tmp_path: Path) -> None:
    stored, aside = library / "tiny" / "evaluation.npz", tmp_path / "aside.npz"
    stored.rename(aside)
    try:
        refused = run("report", "tiny", "--out", tmp_path / "a.html")
        measured = run("report", "tiny", "--dataset", "uci-digits", "--out", tmp_path / "b.html")
    finally:
        aside.rename(stored)
    assert refused[0] == 1
    assert "--dataset NAME" in refused[2]
    assert measured[0] == 0, measured[2]
    assert "450 images" in (tmp_path / "b.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (["nobody"], 2, "nobody"),
        (["tiny", "--dataset", "cats"], 2, "cats"),
        (["tiny", "--dataset", "mnist"], 1, "python -m core data download mnist"),
        (["tiny", "--out", "no/such/folder/a.html"], 2, "cannot be written"),
    ],
)
def test_report_refuses_in_a_sentence(run: Run, words: list[str], status: int, reason: str) -> None:
    found, out, err = run("report", *words)
    assert (found, out) == (status, "")
    assert reason in err
    assert err.count("\n") == 1


def test_of_a_name_that_is_too_long_it_is_said_and_the_others_are_read(settings: Settings) -> None:
    make_model(settings)
    (settings.data_dir / "a.png").write_bytes(to_file(draw("3")))
    paths = [settings.data_dir / f"{'a' * 300}.png", settings.data_dir / "a.png"]
    readings = list(read_pictures(paths, load("tiny", settings), DIGITS, settings))
    assert "File name too long" in readings[0].problem
    assert not readings[1].problem

"""UNIPEN: its strokes as data sets, the format that the archive is in, and the way from there to the strokes."""

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from core.charsets import BALANCED, CAPITALS, DIGITS, LETTERS, SMALL_LETTERS
from core.data import datasets, unipen, unipen_archive
from core.data.datasets import charset_of, load
from core.data.register import get_source
from core.data.strokes import PenCharacter, Strokes, pack
from core.data.unipen import is_cut, read_characters, split_of
from core.data.unipen_archive import Sheet, parse_sheet
from core.errors import ConfigError, DataError, DataMissing
from core.evaluation.available import available
from core.evaluation.predictions import read_stored
from core.jobs import Cancelled, ignore
from core.model.card import read_card
from core.settings import Settings
from core.training.config import TrainConfig
from core.training.data import load_training_set
from core.training.train import train
from core.vision.normalise import crop
from tests.support.emnist import write_emnist
from tests.support.unipen import on_tablet, record, write_records, write_unipen, writer_in

HEADER = """.VERSION 1.0
.COMMENT a word with a dot: .SEGMENT CHARACTER 0 ? "z"
.WRITER_ID MARIEKE
.COUNTRY The Netherlands
.HIERARCHY WORD CHARACTER
.COORD X Y T
"""
INK = """.PEN_DOWN
 10 20 0
 11 24 5
 12 20 10
.PEN_UP
 13 30 15
 14 40 20
.PEN_DOWN
 20 20 25
 21 25.6 30
.PEN_UP
.DT 100
.PEN_DOWN
 -5 7 35
"""
NO_FILES: dict[str, str] = {}
FIRST, SECOND, THIRD = ((10, 20), (11, 24), (12, 20)), ((20, 20), (21, 26)), ((-5, 7),)


def sheet(segments: str) -> Sheet:
    return parse_sheet(HEADER + segments + "\n" + INK, NO_FILES.__getitem__)


def test_the_split_of_a_writer_never_changes() -> None:
    names = ("09a44940", "61266f54", "00000008", "")
    assert [split_of(name) for name in names] == ["test", "train", "validation", "test"]
    splits = [split_of(f"{name:08x}") for name in range(2000)]
    assert {split: round(splits.count(split) / 2000, 1) for split in unipen.SPLITS} == {
        "train": 0.7,
        "validation": 0.1,
        "test": 0.2,
    }


def test_no_writer_is_in_two_splits(tmp_path: Path) -> None:
    write_unipen(tmp_path, "digits", "07")
    found = {split: read_characters(tmp_path, "digits", split) for split in unipen.SPLITS}
    assert {split: {one.writer for one in characters} for split, characters in found.items()} == {
        split: {writer_in(split)} for split in unipen.SPLITS
    }
    assert found["test"][1] == PenCharacter("7", writer_in("test"), on_tablet("7"))


@pytest.mark.parametrize(
    ("kind", "charset", "labels"),
    [("digits", DIGITS, "0123456789"), ("capitals", CAPITALS, "AHO"), ("small-letters", SMALL_LETTERS, "bei")],
)
def test_each_kind_is_a_data_set(kind: str, charset: object, labels: str, settings: Settings) -> None:
    write_unipen(settings.data_dir, kind, labels)
    for split, drawings in (("train", 3), ("validation", 2), ("test", 1)):
        data = load(f"unipen-{kind}", split, settings)
        assert data.charset == charset
        assert "".join(data.charset.characters[label] for label in data.labels) == labels * drawings
        assert datasets.count(data.name, split, settings) == len(data.labels)
        assert {max(crop(glyph).shape) for glyph in data.images} <= {
            data.charset.glyph_side,
            data.charset.glyph_side - 1,
        }
        assert data.sha256 == load(data.name, split, settings).sha256
        assert len(np.unique(data.images, axis=0)) == len(data.images), "every drawing is another one"


UPRIGHT: Strokes = (((100, 400), (112, 200), (110, 0)),)
LYING: Strokes = (((0, 100), (200, 112), (400, 110)),)


@pytest.mark.parametrize(
    ("label", "strokes", "cut"),
    [
        *((label, UPRIGHT, False) for label in "1Ili"),
        *((label, UPRIGHT, True) for label in "TH4Ykf"),
        *((label, LYING, True) for label in "1ITlF"),
        ("T", UPRIGHT + LYING, False),
        ("I", LYING + UPRIGHT + LYING, False),
        ("O", on_tablet("O"), False),
        ("3", on_tablet("3"), False),
        ("7", on_tablet("7"), False),
        ("L", (((0, 400), (0, 0), (80, 0)),), False),
        ("T", (((5, 5),),), False),
        ("T", (((5, 5), (5, 5)),), False),
    ],
)
def test_a_bare_stroke_under_another_label_is_a_piece(label: str, strokes: Strokes, cut: bool) -> None:
    assert is_cut(PenCharacter(label, "w", strokes)) is cut
    turned = tuple(tuple((10 * x + 7, 10 * y - 3) for x, y in reversed(stroke)) for stroke in strokes)
    assert is_cut(PenCharacter(label, "w", turned)) is cut, "in whatever unit, from whichever end"


def test_pieces_are_not_learnt_from_nor_chosen_on(settings: Settings) -> None:
    drawn = [("I", UPRIGHT), ("T", UPRIGHT), ("H", on_tablet("H"))]
    for kind in ("capitals", "signs"):
        records = [record(label, writer_in(split), one) for split in unipen.SPLITS for label, one in drawn]
        write_records(settings.data_dir, kind, records)
        for split in unipen.SPLITS:
            labels = "".join(one.label for one in read_characters(settings.data_dir, kind, split))
            assert labels == ("IH" if kind == "capitals" and split != "test" else "ITH"), "the test keeps all"
            assert unipen.count(settings.data_dir, kind, split) == len(labels)
    write_unipen(settings.data_dir, "capitals", "AHO")
    assert unipen.count(settings.data_dir, "capitals", "train") == 3, "it is counted again where the file has changed"


def test_drawing_tells_how_far_it_is_and_can_be_cancelled(settings: Settings) -> None:
    write_records(settings.data_dir, "digits", [record("1", writer_in("test"), on_tablet("1"))] * 150)
    told: list[tuple[int, int]] = []
    load("unipen-digits", "test", settings, lambda done, total: told.append((done, total)))
    assert told == [(100, 150), (150, 150)]

    def cancel(_: int, __: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        load("unipen-digits", "test", settings, cancel)


def test_a_stroke_of_one_point_is_drawn_as_a_dot(settings: Settings) -> None:
    stem = ((200, 200), (200, 0))
    drawn = [(stem, ((200, 400),)), (stem, ((200, 400), (200, 400)))]
    write_records(settings.data_dir, "small-letters", [record("i", writer_in("test"), one) for one in drawn])
    for glyph in load("unipen-small-letters", "test", settings).images:
        parts, _ = cv2.connectedComponents((glyph > 64).astype(np.uint8))
        assert parts == 3, "the paper, the stem and the dot, however far from it"


def test_a_character_of_one_point_is_a_dot_too(settings: Settings) -> None:
    dots = [record("1", writer_in("test"), one) for one in ((((5, 5),),), (((5, 5), (5, 5)),))]
    write_records(settings.data_dir, "digits", dots)
    for glyph in load("unipen-digits", "test", settings).images:
        rows, columns = np.flatnonzero(glyph.any(axis=1)), np.flatnonzero(glyph.any(axis=0))
        assert abs(len(rows) - len(columns)) <= 1
        assert glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean() > 150


def test_what_is_absent_says_how_to_fetch_it(settings: Settings) -> None:
    with pytest.raises(DataMissing, match="python -m core data download unipen-capitals"):
        load("unipen-capitals", "test", settings)
    for kind, name in (("capitals", "capitals"), ("signs", "digits")):
        with pytest.raises(DataMissing, match=f"UNIPEN's {kind} are not at .* download unipen-{name}$"):
            read_characters(settings.data_dir, kind, "test")
    assert get_source("unipen-capitals").title_of(settings) == "UNIPEN capitals"


def test_damaged_files_are_named(settings: Settings) -> None:
    path = write_unipen(settings.data_dir, "digits", "0")
    for content in (b"", b"junk", gzip.compress(b"[]")[:10], gzip.compress(b'[{"label": "1"}]'), gzip.compress(b"[1]")):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"unipen-digits-strokes.json.gz is damaged \(.*Delete it and fetch it"):
            load("unipen-digits", "test", settings)
    path.write_bytes(b"junk")
    with pytest.raises(DataError, match="is damaged"):
        datasets.count("unipen-digits", "test", settings)


@pytest.mark.parametrize(("label", "drawn"), [("a", on_tablet("1")), ("1", ())])
def test_what_is_none_of_its_characters_is_named(label: str, drawn: Strokes, settings: Settings) -> None:
    write_records(settings.data_dir, "digits", [record(label, writer_in("test"), drawn)])
    with pytest.raises(DataError, match=rf"UNIPEN digits in .* is damaged: expected .* of '{label}'"):
        load("unipen-digits", "test", settings)


def test_other_strokes_are_a_stand_in(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    source = get_source("unipen-digits")
    path = write_unipen(settings.data_dir, "digits", "01")
    assert source.title_of(settings) == load(source.name, "test", settings).title == "UNIPEN digits (stand-in)"
    content = unipen.hash_content(gzip.decompress(path.read_bytes()))
    monkeypatch.setitem(unipen.CONTENT_SHA256, "digits", content)
    write_unipen(settings.data_dir, "digits", "011")
    assert source.title_of(settings) == "UNIPEN digits (stand-in)"
    write_unipen(settings.data_dir, "digits", "01").touch()
    assert source.title_of(settings) == "UNIPEN digits"
    path.write_bytes(b"junk")
    assert source.title_of(settings) == "UNIPEN digits (stand-in)"


def test_the_hash_is_of_labels_writers_and_strokes() -> None:
    def content(*characters: dict[str, object]) -> str:
        return unipen.hash_content(gzip.decompress(pack(characters)))

    one = record("1", "w", on_tablet("1"))
    assert content(one) == content(one | {"country": 'A "new" land'})
    others = ({"label": "2"}, {"writer": "v"}, {"strokes": on_tablet("2")})
    assert len({content(one), content(one, one), *(content(one | other) for other in others)}) == 5


def test_a_model_learns_them_beside_a_data_set_of_more() -> None:
    assert charset_of(["emnist-balanced", "unipen-digits", "unipen-capitals", "unipen-small-letters"]) == BALANCED
    assert charset_of(["unipen-capitals", "emnist-letters"]) == charset_of(["emnist-letters", "unipen-capitals"])
    assert charset_of(["unipen-capitals", "emnist-letters"]) == LETTERS
    assert charset_of(["unipen-digits"]) == DIGITS
    with pytest.raises(ConfigError, match="UNIPEN capitals holds capitals alone, which no model is made for"):
        charset_of(["unipen-capitals"])
    with pytest.raises(ConfigError, match="UNIPEN capitals holds capitals, and UNIPEN digits digits"):
        charset_of(["unipen-digits", "unipen-capitals"])


def test_a_training_asks_letters_of_one_case_only_for_their_classes(settings: Settings) -> None:
    write_emnist(settings.data_dir, "balanced", each=2)
    write_unipen(settings.data_dir, "capitals", "AHO")
    write_unipen(settings.data_dir, "small-letters", "bei")
    sets = ("emnist-balanced", "unipen-capitals", "unipen-small-letters")
    data = load_training_set(TrainConfig(name="small", datasets=sets, validation_share=0.2), settings)
    assert data.charset == BALANCED
    assert data.classes == BALANCED.forms
    names, last = np.array(data.classes.characters), len(data.labels)
    assert "".join(names[data.labels[-18:]]) == "AHO" * 3 + "bei" * 3
    assert "".join(names[data.validation_labels[-12:]]) == "AHO" * 2 + "bei" * 2
    logits, masked_classes = data.restrict(torch.zeros(3, data.outputs), torch.tensor([0, last - 18, last - 1]))
    assert masked_classes is not None
    whole, capitals, small = ("".join(names[~row]) for row in masked_classes.numpy())
    assert whole == "".join(BALANCED.characters)
    assert capitals == "".join(CAPITALS.characters)
    assert sorted(small) == sorted(SMALL_LETTERS.characters)
    place = BALANCED.characters.index("I")
    assert logits[:, place].tolist() == pytest.approx([np.log(2), 0, 0]), "both forms of an I, where they are one class"
    validated = data.restrict_validation(np.zeros((len(data.validation_labels), data.outputs), np.float32))
    assert (np.isfinite(validated[-12:]) == ~masked_classes.numpy()[[1] * 6 + [2] * 6]).all()


def test_a_model_of_letters_and_digits_is_scored_on_one_case(settings: Settings) -> None:
    write_emnist(settings.data_dir, "balanced", each=2)
    write_unipen(settings.data_dir, "small-letters", "bei")
    sets = ("emnist-balanced", "unipen-small-letters")
    folder = train(TrainConfig(name="small", datasets=sets, architecture="lenet5", epochs=1), settings, lambda _: None)
    assert folder is not None
    stored = read_stored(folder)
    answers, card = stored["unipen-small-letters"], read_card(folder)
    assert (answers.charset, answers.probabilities.shape) == (SMALL_LETTERS, (3, 26))
    assert [answers.character(label) for label in answers.labels] == ["b", "e", "i"]
    assert datasets.restriction("unipen-small-letters", BALANCED) == "read as lower case only"
    keys = [choice.key for choice in available(card, stored, settings) if choice.dataset == "unipen-small-letters"]
    assert keys == [f"unipen-small-letters-{split}" for split in ("test", "train", "validation")]


@pytest.mark.parametrize(
    ("delineation", "strokes"),
    [
        ("0", (FIRST,)),
        ("0-2", (FIRST, SECOND)),  # the pen is up in component 1
        ("2-3", (SECOND, THIRD)),  # that without points has no number
        ("1", ()),
        ("0:1-0:1", (FIRST[1:2],)),
        ("0:1", (FIRST[1:2],)),
        ("0:1-2:0", (FIRST[1:], SECOND[:1])),
        ("0:2-3", (FIRST[2:], SECOND, THIRD)),
        ("0-2:0", (FIRST, SECOND[:1])),
        ("2,0:0-0:1", (SECOND, FIRST[:2])),
        ("0-0:99", (FIRST,)),
        ("0:3-2", ()),
        ("2-0", ()),
        ("0-4", ()),
        ("7", ()),
        ("?", ()),
        ("0-", ()),
    ],
)
def test_a_segment_is_what_it_delineates(delineation: str, strokes: Strokes) -> None:
    assert sheet(f'.SEGMENT CHARACTER {delineation} ? "a"').characters == ((("a", strokes),) if strokes else ())


def test_a_sheet_says_who_wrote_what() -> None:
    found = sheet(
        '.SEGMENT WORD 0-3 OK "hi"\n.SEGMENT CHARACTER 0 GOOD "h"\n.SEGMENT CHAR 2 "\\""\n'
        '.SEGMENT CHARACTER 3 ? ""\n.SEGMENT CHARACTER 3'
    )
    assert (found.writer, found.country) == ("MARIEKE", "The Netherlands")
    assert found.characters == (("h", (FIRST,)), ('\\"', (SECOND,)))
    assert parse_sheet("", NO_FILES.__getitem__) == Sheet(None, None, ())
    assert parse_sheet(".WRITER_ID ?\r\n.COUNTRY\r\n", NO_FILES.__getitem__) == Sheet(None, None, ())


def test_a_sheet_stands_in_several_files() -> None:
    files = {
        "apa/doc": HEADER,
        "apa/all": ".INCLUDE apa/doc\n.INCLUDE apa/ink",
        "apa/ink": INK.replace("\n", "\r\n"),
        "loop": ".INCLUDE loop",
    }
    segments = '.SEGMENT CHARACTER 0-2 ? "a"'
    whole = sheet(segments)
    for text in (
        f".INCLUDE apa/all\n{segments}",
        f"{segments}\n.INCLUDE apa/doc\n.INCLUDE apa/ink\n",
    ):
        assert parse_sheet(text, files.__getitem__) == whole
    with pytest.raises(KeyError):
        parse_sheet(".INCLUDE apa/other", files.__getitem__)
    with pytest.raises(ValueError, match="loop includes itself"):
        parse_sheet(".INCLUDE loop", files.__getitem__)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (".COORD X Y T\n.PEN_DOWN\n1 2 3\n4 5\n", "5 numbers"),
        (".COORD X\n.PEN_DOWN\n1 2\n", "'Y'"),
        (".PEN_DOWN\n1 two\n", "two"),
    ],
)
def test_damaged_texts_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_sheet(text + '.SEGMENT CHARACTER 0 ? "a"', NO_FILES.__getitem__)


def pack_archive(path: Path, files: dict[str, str], link: str = "") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        if link:
            member = tarfile.TarInfo(link)
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
    return path


def labelled(label: str, name: str = "apa/data/apa00/ink") -> str:
    return f'.INCLUDE {name}\n.SEGMENT CHARACTER 0 ? "{label}"\n'


ROOT = "unipen/CDROM/train_r01_v07"
FILES = {
    f"{ROOT}/data/1a/apa/apa00/a": labelled("7"),
    f"{ROOT}/data/1b/apa/apa00/b": labelled("Q"),
    f"{ROOT}/data/1c/apa/apa00/c": labelled("q") + '.SEGMENT CHARACTER 2 ? "ch"\n',
    f"{ROOT}/data/1d/apa/apa00/d": labelled("\\@"),
    f"{ROOT}/data/2/apa/apa00/e": labelled("3"),
    f"{ROOT}/include/apa/data/apa00/ink": HEADER + INK,
}


def test_the_archive_is_taken_apart(tmp_path: Path) -> None:
    other = HEADER.replace("MARIEKE", "?").replace("The Netherlands", "?") + INK
    files = FILES | {
        f"{ROOT}/data/1a/bbb/b01/a": labelled("1", "bbb/data/ink"),
        f"{ROOT}/data/1a/bbb/b01/b": labelled("2", "./bbb/data/ink"),
        f"{ROOT}/data/1a/bbb/b02/a": labelled("3", "bbb/data/ink") + labelled("x", "bbb/data/ink"),
        f"{ROOT}/data/1a/bbb/b02/damaged": ".PEN_DOWN\n1 2 3\n" + '.SEGMENT CHARACTER 0 ? "1"',
        f"{ROOT}/data/1a/bbb/b02/endless": ".PEN_DOWN\n1 1e999\n" + '.SEGMENT CHARACTER 0 ? "1"',
        f"{ROOT}/data/1a/bbb/b02/torn": labelled("1", "bbb/data/lost"),
        f"{ROOT}/data/1a/./": labelled("1"),
        f"{ROOT}/include/bbb/data/ink": other,
        "README": "no sheet",
    }
    told: list[None] = []
    found = unipen_archive.read_archive(
        pack_archive(tmp_path / "a.tgz", files), tmp_path / "unpacked", lambda: told.append(None)
    )
    assert {kind: [one["label"] for one in records] for kind, records in found.items()} == {
        "digits": ["7", "1", "2", "3"],
        "capitals": ["Q"],
        "small-letters": ["q"],
        "signs": ["\\@"],
    }
    assert found["capitals"][0]["strokes"] == (FIRST,)
    assert found["capitals"][0]["country"] == "The Netherlands"
    assert found["digits"][1]["country"] is None
    assert len(told) > len(files)
    names = [str(one["writer"]) for one in found["digits"]]
    assert names[0] == found["signs"][0]["writer"], "of one giver, and the same name"
    assert names[1] == names[2] != names[3], "without a name, by the folder"
    assert not any("MARIEKE" in name for name in names)


def test_nothing_leads_out_of_the_folder(tmp_path: Path) -> None:
    outside = "../../../outside"
    files = FILES | {
        f"{ROOT}/include/{outside}": HEADER + INK,
        f"/data/1a/{outside}": labelled("5", outside),
        f"{ROOT}/data/1a/link": labelled("4", "secret"),
    }
    folder = tmp_path / "deep" / "unpacked"
    folder.parent.mkdir()
    packed = pack_archive(tmp_path / "a.tgz", files, link=f"{ROOT}/include/secret")
    found = unipen_archive.read_archive(packed, folder, lambda: None)
    assert "4" not in [one["label"] for one in found["digits"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tgz", "deep"]
    assert sorted(path.name for path in folder.iterdir()) == ["0", "1"]


@pytest.mark.parametrize("limit", ["_LARGEST_FILE", "_LARGEST_ARCHIVE"])
def test_too_much_is_not_unpacked(limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unipen_archive, limit, 200)
    with pytest.raises(DataError, match=r"a\.tgz unpacks to more than"):
        unipen_archive.read_archive(pack_archive(tmp_path / "a.tgz", FILES), tmp_path / "unpacked", lambda: None)


def test_what_is_no_archive_is_named(tmp_path: Path) -> None:
    packed = pack_archive(tmp_path / "a.tgz", FILES).read_bytes()
    for number, content in enumerate((b"", b"<html>moved</html>", packed[:100], gzip.compress(b"no tar" * 500))):
        (tmp_path / "a.tgz").write_bytes(content)
        with pytest.raises(DataError, match=r"a\.tgz cannot be unpacked"):
            unipen_archive.read_archive(tmp_path / "a.tgz", tmp_path / f"unpacked-{number}", lambda: None)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The archive and a record that names it, where the program looks for them; what the record says of the archive."""
    archive = pack_archive(tmp_path / "unipen-CDROM-train_r01_v07.tgz", FILES)
    monkeypatch.setattr(unipen_archive, "RECORD_URL", (tmp_path / "record.json").as_uri())
    said: dict[str, object] = {
        "key": archive.name,
        "checksum": f"md5:{hashlib.md5(archive.read_bytes()).hexdigest()}",
        "links": {"self": archive.as_uri()},
    }
    publish(tmp_path, said)
    return said


def publish(folder: Path, *files: object) -> None:
    other = {"key": "README.txt", "checksum": "md5:0", "links": {}}
    (folder / "record.json").write_text(json.dumps({"files": [other, *files]}))


def test_download_fetches_checks_and_keeps(published: dict[str, object], settings: Settings) -> None:
    assert published
    told: list[tuple[int, int]] = []
    datasets.download("unipen-capitals", settings, lambda done, total: told.append((done, total)))
    assert sorted(path.name for path in (settings.data_dir / "unipen").iterdir()) == [
        f"unipen-{kind}-strokes.json.gz" for kind in sorted(unipen.KINDS)
    ]
    assert told[-1][0] == told[-1][1] > 0
    names = ("unipen-digits", "unipen-capitals", "unipen-small-letters")
    assert all(get_source(name).present(settings) for name in names)
    assert [get_source(name).title_of(settings).endswith("(stand-in)") for name in names] == [True] * 3
    (character,) = (one for split in unipen.SPLITS for one in read_characters(settings.data_dir, "capitals", split))
    assert (character.label, character.strokes) == ("Q", (FIRST,))


def test_download_leaves_what_is_there(published: dict[str, object], settings: Settings) -> None:
    assert published
    before = write_unipen(settings.data_dir, "digits", "0").read_bytes()
    datasets.download("unipen-capitals", settings, ignore)
    assert unipen.strokes_file(settings.data_dir, "digits").read_bytes() == before


def test_download_can_be_cancelled(published: dict[str, object], settings: Settings) -> None:
    assert published

    def cancel(done: int, _: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        datasets.download("unipen-digits", settings, cancel)
    assert list((settings.data_dir / "unipen").iterdir()) == []


def test_another_archive_or_record_is_refused(published: dict[str, object], settings: Settings, tmp_path: Path) -> None:
    changed = "does not say what was expected: .*see https://zenodo"
    cases: tuple[tuple[list[object], str], ...] = (
        ([published | {"checksum": f"md5:{'0' * 32}"}], "is not the published file"),
        ([published | {"checksum": "sha1:0"}], changed),
        ([published | {"links": {"self": "https://elsewhere.org/a.tgz"}}], changed),
        ([published | {"key": "train_r01_v07.doc"}], changed),
        ([published, published], changed),
        (["no file"], changed),
        ([], changed),
    )
    for files, said in cases:
        publish(tmp_path, *files)
        with pytest.raises(DataError, match=said):
            datasets.download("unipen-digits", settings, ignore)
    (tmp_path / "record.json").write_text("<html>moved</html>")
    with pytest.raises(DataError, match=changed):
        datasets.download("unipen-digits", settings, ignore)
    assert list((settings.data_dir / "unipen").iterdir()) == []


def test_an_archive_without_a_kind_is_refused(published: dict[str, object], settings: Settings, tmp_path: Path) -> None:
    archive = pack_archive(
        tmp_path / str(published["key"]), {name: FILES[name] for name in FILES if "/1d/" not in name}
    )
    publish(tmp_path, published | {"checksum": f"md5:{hashlib.md5(archive.read_bytes()).hexdigest()}"})
    with pytest.raises(DataError, match="holds no signs"):
        datasets.download("unipen-digits", settings, ignore)
    assert list((settings.data_dir / "unipen").iterdir()) == []

"""The Draw page in every state of the canvas and of the model library."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup, Selectbox

from core.data import doodles_held_out
from core.model.library_admin import activate
from core.samples import database, store
from core.samples.store import Sample
from core.settings import Settings, get_settings
from pages.components import page as frame
from tests.pages.conftest import Open, canvas_value, put_on_canvas, texts
from tests.support.models import make_model
from tests.support.numbers import make_numbers
from tests.support.strokes import draw

Picture = NDArray[np.uint8]
AddModel = Callable[..., Path]


def picks(page: AppTest) -> list[ButtonGroup[str]]:
    """The rows of candidates: none without an answer."""
    return [group for group in page.segmented_control if str(group.key).startswith("draw-pick-")]


def candidates(page: AppTest) -> ButtonGroup[str]:
    """The candidates to pick from."""
    (found,) = picks(page)
    return found


def shape(page: AppTest) -> list[str]:
    """The kinds of all elements of the answer panel and the steps, in order."""
    return [type(part).__name__ for part in page.main if type(part).__name__ not in ("Warning", "Error")]


def test_empty_canvas_says_what_to_do(open_page: Open) -> None:
    page = open_page("pages/draw.py")
    assert not page.exception
    assert "Draw one digit" in texts(page)
    assert "sure" not in texts(page)
    assert picks(page) == []
    assert page.button(key="canvas-undo").disabled
    assert page.button(key="canvas-clear").disabled


@pytest.mark.parametrize("level", [244, 255])
def test_a_canvas_of_its_papers_colour_is_blank(level: int, open_page: Open) -> None:
    page = put_on_canvas(open_page("pages/draw.py"), np.full((280, 280), level, np.uint8))
    assert not page.exception
    assert "Draw one digit" in texts(page)
    assert picks(page) == []


def test_transparent_canvas_is_blank(open_page: Open) -> None:
    page = put_on_canvas(open_page("pages/draw.py"), np.zeros((280, 280, 4), np.uint8))
    assert "Draw one digit" in texts(page)


def test_confident_answer(open_page: Open, add_model: AddModel, three: Picture) -> None:
    add_model(limit=0.0)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert not page.exception
    assert "###### 3" in texts(page)
    assert "% sure" in texts(page)
    assert "Unsure" not in texts(page)
    assert len(candidates(page).options) == 3
    assert candidates(page).value == "3"
    assert not page.button(key="canvas-undo").disabled


def test_unsure_answer_asks_and_takes_the_picked_candidate(
    open_page: Open, add_model: AddModel, three: Picture
) -> None:
    add_model(limit=1.0)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert "Unsure" in texts(page)
    assert "Draw it again, or pick what it is." in texts(page)
    assert candidates(page).value is None
    second = candidates(page).options[1]
    candidates(page).select(second).run()
    assert not page.exception
    assert "Your choice" in texts(page)
    assert "The model said 3" in texts(page)
    assert f"###### {second.strip('*')[0]}" in texts(page)


def test_a_pick_is_gone_with_the_next_drawing(open_page: Open, add_model: AddModel, three: Picture) -> None:
    add_model(limit=1.0)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    candidates(page).select(candidates(page).options[1]).run()
    put_on_canvas(page, draw("7"))
    assert "Your choice" not in texts(page)
    assert "###### 7" in texts(page)


def test_layout_is_the_same_with_and_without_an_answer(open_page: Open, add_model: AddModel, three: Picture) -> None:
    add_model(limit=0.0)
    page = open_page("pages/draw.py")
    before = shape(page)
    after = shape(put_on_canvas(page, three))
    del after[len(after) - 1 - after[::-1].index("ButtonGroup")]  # the candidates, in a place of fixed height
    assert after == before


def test_undo_leaves_out_the_last_stroke_and_clear_all(open_page: Open, three: Picture) -> None:
    page = put_on_canvas(open_page("pages/draw.py"), three, strokes=3)
    page.button(key="canvas-undo").click().run()
    assert [part["number"] for part in page.session_state["canvas-start"]["objects"]] == [0, 1]
    page.button(key="canvas-clear").click().run()
    assert page.session_state["canvas-start"]["objects"] == []


def test_every_start_is_another_one(open_page: Open, three: Picture) -> None:
    """The canvas takes up no drawing that equals the one it was last given, so clearing twice must differ."""
    page = put_on_canvas(open_page("pages/draw.py"), three)
    page.button(key="canvas-clear").click().run()
    first = page.session_state["canvas-start"]
    put_on_canvas(page, three)
    page.button(key="canvas-clear").click().run()
    assert page.session_state["canvas-start"] != first


@pytest.mark.usefixtures("library")
def test_without_a_model_there_is_no_canvas(open_page: Open) -> None:
    page = open_page("pages/draw.py")
    assert not page.exception
    assert "python -m core train" in page.error[0].value
    assert len(page.button) == 0


def test_weights_that_are_cut_off_are_explained_at_once(open_page: Open, add_model: AddModel) -> None:
    weights = add_model() / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    page = open_page("pages/draw.py")
    assert not page.exception
    assert "cut off" in page.warning[0].value
    assert "git checkout" in page.error[0].value


def test_damaged_weights_are_explained(open_page: Open, add_model: AddModel, three: Picture) -> None:
    add_model(architecture="classic")  # whole, but of other shapes: that shows when they are loaded
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert not page.exception
    assert "damaged" in page.error[0].value


def test_picker_is_there_for_two_models_and_lasts_across_pages(open_page: Open, add_model: AddModel) -> None:
    add_model()
    page = open_page("pages/draw.py")
    assert [group.key for group in page.segmented_control] == ["draw-what"]
    add_model("second", limit=1.0, title="My hand")
    page.run()
    assert page.segmented_control(key="model").options == ["Digits", "My hand"]
    page.segmented_control(key="model").select("My hand").run()
    page.switch_page("pages/upload.py").run()
    assert page.segmented_control(key="model").value == "second"
    assert len(page.sidebar.selectbox) == 0
    page.switch_page("pages/explore.py").run()
    assert page.sidebar.selectbox(key="model").value == "second"
    page.switch_page("pages/draw.py").run()
    put_on_canvas(page, draw("3"))
    assert "Unsure" in texts(page)


def test_of_many_models_one_is_chosen_from_a_list(open_page: Open, add_model: AddModel) -> None:
    for name in ("digits", "a", "b", "c", "d"):
        add_model(name, title="The same" if name in "ab" else name.upper())
    page = open_page("pages/draw.py")
    assert page.main.selectbox(key="model").options == ["DIGITS", "The same (a)", "The same (b)", "C", "D"]
    page.main.selectbox(key="model").select("c").run()
    assert page.session_state["model"] == "c"


def test_pen_width_lasts_across_pages(open_page: Open) -> None:
    page = open_page("pages/draw.py")
    page.slider(key="pen-width").set_value(30).run()
    page.switch_page("Home.py").run()
    page.switch_page("pages/draw.py").run()
    assert page.slider(key="pen-width").value == 30


@pytest.fixture
def own_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of the test's own, not there yet."""
    place = tmp_path / "samples.db"
    monkeypatch.setenv("DIGITS_DATABASE_URL", f"sqlite:///{place}")
    return place


def stored() -> list[Sample]:
    return store.read(get_settings(), "digits")


def it_is(page: AppTest) -> Selectbox[str]:
    (found,) = (box for box in page.selectbox if box.label == "It is a")
    return found


def test_nothing_touches_the_database_before_somebody_says_something(
    open_page: Open, three: Picture, own_samples: Path
) -> None:
    page = open_page("pages/draw.py")
    assert page.button(key="draw-right").disabled
    assert it_is(page).disabled
    put_on_canvas(page, three)
    assert not page.button(key="draw-right").disabled
    assert "Stores the 28 × 28 picture and both answers" in page.caption[0].value
    assert not own_samples.exists()


@pytest.mark.usefixtures("own_samples")
def test_right_is_stored_and_undone(open_page: Open, add_model: AddModel, three: Picture) -> None:
    add_model(limit=0.0)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    page.button(key="draw-right").click().run()
    assert not page.exception
    assert "Stored as **3**" in texts(page)
    assert "Your choice" not in texts(page)
    (sample,) = stored()
    assert (sample.label, sample.answer, sample.model, sample.origin) == ("3", "3", "digits", "draw")
    assert sample.confidence > 0.5
    assert store.picture(sample.id, get_settings()) is None
    page.button(key="draw-unsay").click().run()
    assert "Stored" not in texts(page)
    assert stored() == []
    page.button(key="draw-right").click().run()
    assert [one.label for one in stored()] == ["3"]


@pytest.mark.usefixtures("own_samples")
def test_what_was_undone_on_my_samples_can_be_stored_again(open_page: Open, three: Picture) -> None:
    page = open_page("pages/draw.py")
    put_on_canvas(page, three)
    page.run()
    page.button(key="draw-right").click().run()
    assert len(stored()) == 1
    page.switch_page("pages/samples.py").run()
    page.button(key="samples-undo").click().run()
    assert stored() == []
    page.switch_page("pages/draw.py")
    put_on_canvas(page, three)
    page.run()
    page.button(key="draw-right").click().run()
    assert not page.exception
    assert len(stored()) == 1


@pytest.mark.usefixtures("own_samples")
def test_what_it_is_can_be_chosen_and_changed_and_is_one_sample(
    open_page: Open, add_model: AddModel, three: Picture
) -> None:
    add_model(limit=0.0)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    it_is(page).select("5").run()
    assert "###### 5" in texts(page)
    assert "Your choice" in texts(page)
    second = candidates(page).options[1]
    candidates(page).select(second).run()
    label = second.strip("*")[0]
    assert f"Changed to **{label}**" in texts(page)
    assert [(one.label, one.answer) for one in stored()] == [(label, "3")]
    page.button(key="draw-unsay").click().run()
    assert "###### 3" in texts(page)
    assert candidates(page).value == "3"
    assert it_is(page).value is None
    assert [one.label for one in stored()] == ["5"]


@pytest.mark.usefixtures("own_samples")
def test_the_same_again_is_harmless_and_the_next_drawing_is_another(open_page: Open, three: Picture) -> None:
    for word in ("Stored as", "Was already stored as"):
        page = put_on_canvas(open_page("pages/draw.py"), three)
        page.button(key="draw-right").click().run()
        assert word in texts(page)
    put_on_canvas(page, draw("7"))
    assert "stored" not in texts(page)
    page.button(key="draw-right").click().run()
    assert [one.label for one in stored()] == ["3", "7"]


@pytest.mark.usefixtures("own_samples")
def test_the_picture_is_kept_only_where_that_is_set(
    open_page: Open, three: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITS_KEEP_PICTURES", "1")
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert "the picture as given" in page.caption[0].value
    page.button(key="draw-right").click().run()
    assert (store.picture(stored()[0].id, get_settings()) or b"").startswith(b"\x89PNG")
    page.switch_page("pages/samples.py").run()
    assert not page.exception


@contextmanager
def locked(database: Path) -> Iterator[None]:
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("begin exclusive")
    yield
    other.execute("rollback")
    other.close()


def test_a_locked_database_is_explained_and_drawing_goes_on(
    open_page: Open, three: Picture, own_samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    with locked(own_samples):
        page.button(key="draw-right").click().run()
        assert not page.exception
        assert "Another program holds it" in page.error[0].value
        assert "###### 3" in texts(put_on_canvas(page, three))
    page.button(key="draw-right").click().run()
    assert "Stored as **3**" in texts(page)
    assert len(page.error) == 0


def test_where_nothing_may_be_stored_that_is_said_and_nothing_is(
    open_page: Open, three: Picture, own_samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert page.button(key="draw-right").disabled
    assert it_is(page).disabled
    assert "read only" in page.caption[0].value
    candidates(page).select(candidates(page).options[1]).run()
    assert "Your choice" in texts(page)
    page.button(key="draw-right").proto.disabled = False  # as a forged click
    page.button(key="draw-right").click().run()
    assert not page.exception
    assert not own_samples.exists()


@pytest.fixture
def letters(library: Path) -> Callable[..., None]:
    """`letters("O0", threshold=0.99)` adds a model of 47 classes that takes everything for an O or a 0."""

    def add(says: str, threshold: float) -> None:
        make_model(Settings(library, library), "letters", says=says, charset="balanced", threshold=threshold)

    return add


def captions(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def test_characters_that_look_alike_are_named_with_their_joint_probability(
    open_page: Open, letters: Callable[..., None], three: Picture
) -> None:
    letters("O0", threshold=0.99)
    page = open_page("pages/draw.py")
    assert "Draw one letter or digit" in texts(page)
    before = shape(page)
    put_on_canvas(page, three)
    assert not page.exception
    assert ":orange[O or 0], over 99.9 % sure" in texts(page)
    assert "They look alike. Pick which one it is." in texts(page)
    assert candidates(page).value is None
    assert [option.strip("*")[0] for option in candidates(page).options[:2]] == ["O", "0"]
    assert "O or 0 look alike: together >99.9 %. O also stands for o." in captions(page)
    after = shape(page)
    assert len(after) == len(before) + 1  # the candidates, in a place of fixed height


def test_an_answer_can_be_restricted_and_that_lasts_across_pages(
    open_page: Open, letters: Callable[..., None], add_model: AddModel, three: Picture
) -> None:
    add_model()
    letters("O0C", threshold=0.4)
    page = open_page("pages/draw.py")
    groups = [group.key for group in page.segmented_control]
    assert groups == ["draw-what", "model"]  # digits are all that it reads
    page.segmented_control(key="model").select("Letters").run()
    only = page.segmented_control(key="only")
    assert only.options == ["All", "Digits", "Capitals", "Lower case"]
    assert only.value == ""
    put_on_canvas(page, three)
    assert "###### O\n" in texts(page) + "\n"
    page.segmented_control(key="only").set_value("digits").run()
    assert "###### 0\n" in texts(page) + "\n"
    assert "Draw one digit" not in texts(page)
    assert "look alike" not in captions(page)
    assert "Restricted to digits: their probabilities add up to 100 %." in captions(page)
    assert candidates(page).value == "0"
    page.switch_page("pages/upload.py").run()
    assert page.segmented_control(key="only").value == "digits"
    page.switch_page("pages/draw.py").run()
    assert "###### 0\n" in texts(page) + "\n"


@pytest.mark.usefixtures("own_samples")
def test_of_many_characters_what_it_is_is_typed(open_page: Open, letters: Callable[..., None], three: Picture) -> None:
    letters("OC", threshold=0.1)
    page = put_on_canvas(open_page("pages/draw.py"), three)

    def it_is_a(typed: str) -> str:
        (field,) = (one for one in page.text_input if one.label == "It is a")
        field.set_value(typed).run()
        assert not page.exception
        return texts(page)

    assert "Stored" not in it_is_a("é")
    assert "“é” is none of the characters that the model reads. Type one of these: 0 1 2" in page.error[0].value
    assert "Stored" not in it_is_a("AB")
    assert "“AB” is more than one character" in page.error[0].value
    assert next(one for one in page.text_input if one.label == "It is a").value is None  # for the next try
    assert candidates(page).value == "O"
    assert "Stored as **Cc**" in it_is_a("c")  # a small one is the same class as the capital
    assert "###### C" in texts(page)
    assert candidates(page).value == "C"
    (sample,) = store.read(get_settings(), "balanced")
    assert (sample.label, sample.answer, sample.model) == ("C", "O", "letters")


def open_restricted(open_page: Open, kind: str, picture: Picture) -> AppTest:
    """The Draw page with a picture on its canvas, read as a character of this kind only."""
    page = open_page("pages/draw.py")
    page.segmented_control(key="only").set_value(kind).run()
    return put_on_canvas(page, picture)


@pytest.mark.usefixtures("own_samples")
def test_with_a_restricted_answer_the_models_own_is_stored(
    open_page: Open, letters: Callable[..., None], three: Picture
) -> None:
    letters("O0", threshold=0.1)
    page = open_restricted(open_page, "digits", three)
    assert "###### 0" in texts(page)
    next(one for one in page.text_input if one.label == "It is a").set_value("X").run()
    assert not page.exception
    (sample,) = store.read(get_settings(), "balanced")
    assert (sample.label, sample.answer) == ("X", "O")
    assert sample.confidence < 0.9  # among the digits the 0 has nearly all


def test_of_look_alikes_the_large_character_is_the_form_that_looks_alike(
    open_page: Open, letters: Callable[..., None], three: Picture
) -> None:
    letters("L1", threshold=0.99)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert ":orange[l or 1]" in texts(page)
    assert "###### l\n" in texts(page) + "\n"


@pytest.mark.usefixtures("own_samples")
def test_right_of_a_restricted_answer_is_the_models_own_class(
    open_page: Open, letters: Callable[..., None], three: Picture
) -> None:
    letters("OC", threshold=0.1)
    page = open_restricted(open_page, "small", three)
    assert "###### o" in texts(page)
    page.button(key="draw-right").click().run()
    assert not page.exception
    assert "Your choice" not in texts(page)
    assert [(one.label, one.answer) for one in store.read(get_settings(), "balanced")] == [("O", "O")]


@pytest.mark.usefixtures("own_samples")
def test_what_was_said_to_one_model_is_not_said_to_another_that_reads_other_characters(
    open_page: Open, letters: Callable[..., None], add_model: AddModel, three: Picture
) -> None:
    add_model()
    letters("O0", threshold=0.1)
    page = open_page("pages/draw.py")
    page.segmented_control(key="model").select("Letters").run()
    put_on_canvas(page, three)
    page.button(key="draw-right").click().run()
    assert "Stored as **Oo**" in texts(page)
    page.segmented_control(key="model").set_value("digits").run()
    assert "Stored as" not in texts(page)
    assert not page.button(key="draw-right").disabled
    page.segmented_control(key="model").set_value("letters").run()
    assert "Stored as **Oo**" in texts(page)


REFUSED = {"other": ("Not a digit", "not a digit"), "several": ("More than one digit", "more than one digit")}


@pytest.fixture(params=REFUSED)
def refuses(request: pytest.FixtureRequest, library: Path) -> str:
    """The only model of the library takes everything for no digit, or for several."""
    make_model(Settings(library, library), "digits", says="47", refuses=request.param)
    return str(request.param)


def bars(page: AppTest) -> str:
    """What is said of the bars to those who do not see them."""
    alts = [str(alt) for image in page.get("image") for alt in (one.alt for one in image.proto.imgs)]
    return next(alt for alt in alts if "Probabilities" in alt)


def test_an_unsure_answer_says_that_it_may_be_no_digit(open_page: Open, add_model: AddModel, three: Picture) -> None:
    add_model(rejection_limit=1.0)
    house = cv2.resize(doodles_held_out.house(np.random.default_rng(0)), (200, 200), interpolation=cv2.INTER_LINEAR)
    page = put_on_canvas(open_page("pages/draw.py"), np.pad(255 - house, 40, constant_values=255))
    assert "It may not be a single digit. Draw it again, or pick what it is." in texts(page)
    put_on_canvas(page, three, strokes=2)
    assert "It may not be" not in texts(page)


def test_what_is_not_one_digit_is_said_and_has_no_answer(open_page: Open, refuses: str, three: Picture) -> None:
    title, _ = REFUSED[refuses]
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert not page.exception
    assert f":orange[{title}]" in texts(page)
    assert "###### :gray[:material/" in texts(page)
    assert "sure" not in texts(page)
    again = "One at a time, please" if refuses == "several" else "Draw one"
    assert f"{again}, or pick what it is." in texts(page)
    assert bars(page).startswith(f"{title}. Probabilities: 4 3.4 %, 7 0.1 %")
    assert candidates(page).label == "If it is one digit, which?"
    assert candidates(page).value is None
    assert candidates(page).options[:2] == ["**4**", "**7**"]
    assert page.button(key="draw-right").disabled
    assert not it_is(page).disabled


@pytest.mark.usefixtures("own_samples")
def test_what_it_is_can_be_picked_and_the_models_answer_is_stored_with_it(
    open_page: Open, refuses: str, three: Picture
) -> None:
    _, words = REFUSED[refuses]
    page = put_on_canvas(open_page("pages/draw.py"), three)
    candidates(page).select("4").run()
    assert not page.exception
    assert "###### 4" in texts(page)
    assert "Your choice" in texts(page)
    assert f"The model said: {words}." in texts(page)
    assert "Stored as **4**" in texts(page)
    (sample,) = stored()
    assert (sample.label, sample.answer, sample.model) == ("4", "4", "digits")
    assert 0 < sample.confidence < 0.05  # what it most took it for, and how little sure it was
    page.button(key="draw-unsay").click().run()
    assert stored() == []
    assert f":orange[{REFUSED[refuses][0]}]" in texts(page)
    it_is(page).select("3").run()
    assert "###### 3" in texts(page)
    assert [(one.label, one.answer) for one in stored()] == [("3", "4")]


@pytest.mark.usefixtures("refuses")
def test_layout_is_the_same_where_there_is_no_answer(open_page: Open, three: Picture) -> None:
    page = open_page("pages/draw.py")
    before = shape(page)
    after = shape(put_on_canvas(page, three))
    del after[len(after) - 1 - after[::-1].index("ButtonGroup")]  # the candidates, in a place of fixed height
    assert after == before


def test_a_model_of_letters_and_digits_says_that_it_is_no_character(
    open_page: Open, library: Path, three: Picture
) -> None:
    make_model(Settings(library, library), "both", says="O0", refuses="other", charset="balanced")
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert ":orange[Not a character]" in texts(page)
    assert "Draw one, or pick what it is." in texts(page)
    assert "look alike" not in captions(page)
    page.segmented_control(key="only").set_value("digits").run()
    assert not page.exception
    assert ":orange[Not a digit]" in texts(page)
    rest = "add up to 3.6 %; the rest is for what is not one digit."
    assert f"Restricted to digits: their probabilities {rest}" in captions(page)


def test_the_probability_of_no_digit_takes_from_the_sureness(open_page: Open, library: Path, three: Picture) -> None:
    settings = Settings(library, library)
    make_model(settings, "digits", says="47", refuses="other", rejection_threshold=1.0, temperature=5.0, threshold=0.8)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert ":orange[Unsure], 24.1 % sure" in texts(page)
    assert candidates(page).options[0] == "**4**  24.1 %"
    assert "Probabilities: 4 24.1 %, 7 8.9 %" in bars(page)


def test_a_drawing_is_there_again_after_a_visit_elsewhere(open_page: Open, three: Picture) -> None:
    """The browser sends no picture of the strokes that a canvas begins with."""
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert "% sure" in texts(page)
    page.switch_page("pages/explore.py").run()
    page.switch_page("pages/draw.py").run()
    assert "% sure" in texts(page)
    assert not page.button(key="canvas-undo").disabled


def test_a_stroke_is_read_by_a_model_that_somebody_else_has_just_made_active(
    add_model: AddModel, open_page: Open, three: Picture
) -> None:
    """A stroke runs a part of the page alone."""
    add_model(title="The first")
    add_model("second", title="The second")
    page = open_page("pages/draw.py")
    activate("second", get_settings())
    put_on_canvas(page, three)
    assert page.segmented_control(key="model-1").value == "second"


def test_a_phone_has_the_answer_above_the_canvas(
    open_page: Open, three: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "on_phone", lambda: True)
    page = put_on_canvas(open_page("pages/draw.py"), three)
    assert not page.exception
    assert not page.title
    assert "% sure" in texts(page)


def test_a_number_is_read_on_a_wide_canvas(open_page: Open, add_model: AddModel) -> None:
    add_model()
    make_numbers(get_settings(), says="7")
    page = open_page("pages/draw.py")
    page.segmented_control(key="draw-what").select("number").run()
    assert "Write a number" in texts(page)
    page.session_state["number-canvas"] = canvas_value(np.pad(draw("7"), ((0, 0), (0, 300)), mode="edge"))
    page.run()
    assert not page.exception
    assert "###### 7" in texts(page)
    page.segmented_control(key="draw-what").select("character").run()
    assert "number-canvas-kept" in page.session_state


def test_without_a_reader_of_numbers_the_wide_canvas_says_so(open_page: Open, add_model: AddModel) -> None:
    add_model()
    page = open_page("pages/draw.py")
    page.segmented_control(key="draw-what").select("number").run()
    page.session_state["number-canvas"] = canvas_value(draw("7"))
    page.run()
    assert not page.exception
    assert "no reader of numbers" in page.error[0].value

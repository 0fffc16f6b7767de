"""The confusion matrix, and behind each of its cells the images."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charsets import GROUPS
from core.charts.confusion_matrix import NUMBERED_CLASSES, View, confusion
from core.evaluation.error_analysis import Confusion, commonest, in_cell, most_confused
from core.evaluation.predictions import Predictions
from core.text import counted
from pages.components import address, chart, page, widgets
from pages.components.evaluate import images
from pages.components.evaluate.selection import Subject
from pages.components.text import escape

_CHART, _CELL, _COMMONEST, _TRUE, _READ = (
    f"evaluate-{name}" for name in ("matrix", "cell", "commonest", "true", "read-as")
)
_LISTED = 9
_WORST = "worst"
_MOST_CONFUSED = 16  # classes


@st.fragment
def show(subject: Subject) -> None:
    answers = subject.predictions
    cell = _chosen(answers)
    if _many(answers):  # the matrix takes the whole width, what is behind its cells stands under it
        _matrix(answers, cell)
        lists, pictures = st.columns([9, 11], gap="medium")
        _behind(subject, lists, pictures, cell)
        return
    left, right = st.columns([11, 9], gap="medium")
    with left:
        _matrix(answers, cell)
    with right:
        _behind(subject, st.container(), st.container(), cell)


def _many(answers: Predictions) -> bool:
    return len(answers.charset.characters) > NUMBERED_CLASSES


def _behind(subject: Subject, lists: DeltaGenerator, pictures: DeltaGenerator, cell: tuple[int, int] | None) -> None:
    """The confusions to choose from, and the images of the chosen cell."""
    with lists:
        _lists(subject.predictions, cell)
    with pictures:
        if cell:
            _images(subject, *cell)
        else:
            st.info("Choose a cell of the matrix, or a confusion of the list, to see its images.")


def _chosen(answers: Predictions) -> tuple[int, int] | None:
    """The cell that was chosen, here or by the address; at first, and for one that there is not, the commonest one."""
    true, _, read = st.query_params.get("cell", "").partition("-")
    linked = (int(true), int(read)) if true.isdecimal() and read.isdecimal() and len(true + read) < 10 else None
    cell: tuple[int, int] | None = st.session_state.get(_CELL) or linked
    if cell and max(cell) < len(answers.charset.characters):
        address.show("cell", f"{cell[0]}-{cell[1]}")
        return cell
    address.show("cell", "")
    return next(((pair.true, pair.read) for pair in commonest(answers.confusion, 1)), None)


def _matrix(answers: Predictions, cell: tuple[int, int] | None) -> None:
    many, charset = _many(answers), answers.charset
    order = _part(answers) if many else None
    with st.container(horizontal=True, vertical_alignment="center"):
        units = {"images": "Images", "shares": "Shares"}
        unit = widgets.segments("Numbers", units, "evaluate-unit", label_visibility="collapsed")
        errors = st.toggle("Errors only", value=many, key=f"evaluate-errors{'-many' if many else ''}")
        log = st.toggle(
            "Log colours",
            value=True,
            key="evaluate-log",
            help="Colours on a logarithmic scale: a single error is visible beside a thousand right answers.",
        )
    groups = charset.look_alike_indices
    view = View(page.theme(), unit == "shares", errors, log, cell, order=order, groups=groups, narrow=page.on_phone())
    figure = confusion(answers.confusion, charset.names, view)
    large = order and len(order) > NUMBERED_CLASSES
    tools: chart.Tools = "zoom" if large and not page.on_phone() else "look"
    listed = ", ".join(_words(answers, pair) for pair in commonest(answers.confusion, _LISTED))
    wrong = len(answers) - int(answers.confusion.trace())
    alt = f"Confusion matrix of {len(answers):,} images, {wrong:,} of them off the diagonal: {listed or 'none'}"
    chart.show(figure, _CHART, alt, tools, selects=("points",), on_select=_take_click)
    percentages = "The numbers are percentages of the true class. " if unit == "shares" else ""
    outside = len(answers.charset.characters) - len(order or answers.charset.characters)
    also = f", counting those read as one of the {outside} characters that are not shown" if outside else ""
    framed = any(len(set(order or ()).intersection(group)) > 1 for group in groups)
    frames = "Frames hold characters that look alike. " if framed else ""
    enlarge = " Zoom in with the magnifier of the toolbar; a double click zooms out." if tools == "zoom" else ""
    st.caption(
        f"{len(answers):,} images. {percentages}Each row is a true class and adds up to its images{also}; each column "
        f"is what they were read as. {frames}Click a cell to see its images{' below' if many else ''}.{enlarge}"
    )


def _part(answers: Predictions) -> list[int]:
    """The classes to show, as the person chooses: all, one kind, or the most confused, for which a phone has room."""
    charset = answers.charset
    parts = {"": "All", _WORST: f"The {_MOST_CONFUSED} most confused"}
    if len(charset.groups) > 1:
        parts |= {kind: GROUPS[kind] for kind in charset.groups}
    key, first = f"evaluate-classes-shown-{charset.name}", _WORST if page.on_phone() else ""
    part = widgets.segments("Classes", parts, key, default=first, label_visibility="collapsed")
    order = charset.similarity_indices
    if part == _WORST:
        worst = most_confused(answers.confusion, _MOST_CONFUSED)
        return [index for index in order if index in worst]
    return [index for index in order if not part or charset.characters[index] in charset.groups[part]]


def _words(answers: Predictions, pair: Confusion) -> str:
    return f"{answers.character(pair.true)} read as {answers.character(pair.read)}: {pair.count:,}"


def _take_click() -> None:
    for point in chart.selected(_CHART):
        if len(point.get("customdata") or ()) == 3:
            true, read, _ = point["customdata"]
            st.session_state[_CELL] = (int(true), int(read))


def _lists(answers: Predictions, cell: tuple[int, int] | None) -> None:
    """The commonest confusions to choose from, and any cell by its two classes."""
    pairs = {(pair.true, pair.read): pair for pair in commonest(answers.confusion, _LISTED)}
    if pairs:
        shown = cell if cell in pairs else None
        st.pills(
            "Commonest confusions",
            list(pairs),
            default=[shown] if shown else None,  # a pair by itself would be taken for two options
            format_func=lambda key: escape(_words(answers, pairs[key])),
            key=widgets.key_showing(_COMMONEST, shown),
            on_change=_take_pill,
            wrap=True,
        )
    options = list(range(len(answers.charset.characters)))
    choosers = (("True class", _TRUE), ("Read as", _READ))
    for column, (label, name), index in zip(st.columns(2), choosers, cell or (None, None), strict=True):
        column.selectbox(
            label, options, index, answers.character, key=widgets.key_showing(name, index), on_change=_take_pair
        )


def _take_pill() -> None:
    st.session_state[_CELL] = widgets.value_of(_COMMONEST) or st.session_state.get(_CELL)


def _take_pair() -> None:
    true, read = map(widgets.value_of, (_TRUE, _READ))
    if true is not None and read is not None:
        st.session_state[_CELL] = (true, read)


def _images(subject: Subject, true: int, read: int) -> None:
    answers = subject.predictions
    indices = in_cell(answers, true, read)
    pair = f"{escape(answers.character(true))} read as {escape(answers.character(read))}"
    st.markdown(f"#### {pair}: {counted(len(indices), 'image')}", anchors=False)
    if len(indices):
        images.show(subject, indices, f"evaluate-cell-{true}-{read}", per_page=15)
    else:
        st.caption("None of the images is in this cell.")

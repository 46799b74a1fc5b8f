"""The mistakes: the confusion matrix, the images of a cell, why one of them was read so, precision and recall, the worst twenty."""

import math
from typing import Final

import numpy as np
import streamlit as st

from model.evaluation.calibration import Band, Calibration, about, calibration
from model.evaluation.confusion import Counts, cell_members, confusion_matrix, mistakes, precision, recall
from ui.elements.figure_style import probability_bars
from ui.elements.gallery import Cell, Item, choice_table, gallery
from ui.elements.images import picture_sheet
from ui.elements.numerals import percent
from ui.elements.plotly_chart import Chart, live_charts
from ui.inside import examined_network
from ui.inside.examined_network import CELL, MISTAKE, Examined
from ui.inside.figures import mistake_bars, reliability_diagram
from ui.prediction.attribution import OTHER_DIGIT, show_why
from ui.prediction.prediction import bars_in_words
from ui.state.language import t

WORST: Final = 20
CELL_IMAGES: Final = 40
DIGITS: Final = [str(digit) for digit in range(10)]


def show_confusion(examined: Examined) -> None:
    """The matrix with what was chosen in it, the worst mistakes, and how good it is at each digit."""
    matrix = confusion_matrix(examined.labels, examined.inspection.answers)
    st.markdown(_summary(matrix))
    with st.container(key="confusion"):
        _show_matrix(matrix)
        _show_cell(examined, matrix)
    _show_image(examined, "cell_gallery")
    st.subheader(t("mistakes.worst_title"), anchor=False)
    _show_worst(examined)
    st.subheader(t("mistakes.each_title"), anchor=False)
    _show_each(matrix)
    _show_reliability(examined)


def _summary(matrix: Counts) -> str:
    right, count = int(matrix.trace()), int(matrix.sum())
    return t("mistakes.summary", right=f"{right:,}", count=f"{count:,}", wrong=f"{count - right:,}")


def _show_matrix(matrix: Counts) -> None:
    wrong = matrix - np.diag(matrix.diagonal())
    most = max(int(wrong.max()), 1)
    totals = np.maximum(matrix.sum(axis=1), 1)
    rows = []
    for label in range(10):
        cells = []
        for answer in range(10):
            count = int(matrix[label, answer])
            if label == answer:
                words = t("mistakes.cell_right", count=f"{count:,}", label=label)
                cells.append(Cell(f"{count:,}", words, round(45 * count / int(totals[label]))))
            else:
                words = t("mistakes.cell_wrong", count=f"{count:,}", label=label, answer=answer)
                strength = round(55 * math.sqrt(count / most))
                cells.append(Cell(str(count) if count else "·", words, strength, "wrong"))
        rows.append((str(label), cells))
    choice_table(DIGITS, rows, t("mistakes.matrix"), t("mistakes.corner"), "matrix", _choose_cell, CELL.get())


def _choose_cell(cell: int) -> None:
    CELL.give(cell)


def _show_cell(examined: Examined, matrix: Counts) -> None:
    cell = CELL.get()
    if cell is None:
        st.caption(t("mistakes.choose_cell"))
        return
    label, answer = divmod(cell, 10)
    members = cell_members(examined.labels, examined.inspection.probabilities, label, answer)
    with st.container(key="cell_images"):
        kind = "mistakes.cell_right_title" if label == answer else "mistakes.cell_wrong_title"
        st.markdown(t(kind, count=f"{len(members):,}", label=label, answer=answer))
        st.button(t("mistakes.on_map"), key="cell_on_map", on_click=examined_network.show_on_map, args=(cell,))
        if len(members) > CELL_IMAGES:
            st.caption(t("mistakes.cell_more", shown=CELL_IMAGES))
        _images(examined, members[:CELL_IMAGES].tolist(), t("mistakes.cell_images"), "cell_gallery")


def _images(examined: Examined, images: list[int], label: str, key: str) -> None:
    """Images that can be clicked to see why they were read so."""
    if not images:
        return
    probabilities = examined.inspection.probabilities
    items = []
    for image in images:
        true, answer = int(examined.labels[image]), int(probabilities[image].argmax())
        share = percent(float(probabilities[image, answer]))
        words = t(
            "train.strip_right" if true == answer else "train.strip_wrong", label=true, answer=answer, share=share
        )
        text = share if key == "cell_gallery" else f"{true} → {answer}  {share}"
        items.append(Item(image, text, words, "" if true == answer else "wrong"))
    chosen = MISTAKE.get()
    gallery(
        picture_sheet(examined.images[images]),
        items,
        label,
        key,
        lambda image: _choose_image(examined, key, image),
        chosen[1] if chosen and chosen[0] == key else None,
        side=52 if key == "cell_gallery" else 72,
    )


def _choose_image(examined: Examined, key: str, image: int) -> None:
    """Look at an image of a gallery; of a mistake one wants to know first why it was not read as what it is."""
    MISTAKE.give((key, image))
    label, answer = int(examined.labels[image]), int(examined.inspection.answers[image])
    OTHER_DIGIT.give("all" if label == answer else str(label))


def _show_image(examined: Examined, gallery_key: str) -> None:
    """Why the image chosen in a gallery is read as it is."""
    chosen = MISTAKE.get()
    if not chosen or chosen[0] != gallery_key or chosen[1] >= len(examined.labels):
        return
    image = chosen[1]
    probabilities = examined.inspection.probabilities[image]
    answer, label = int(probabilities.argmax()), int(examined.labels[image])
    picture = np.asarray(examined.images[image] / 255, np.float32)
    with st.container(border=True, key="chosen_image"):
        words = "flow.right" if answer == label else "flow.wrong"
        st.markdown(t(words, answer=answer, share=percent(float(probabilities[answer])), label=label))
        figure = probability_bars(probabilities, t("draw.bars"))
        live_charts(
            [Chart(figure, bars_in_words(probabilities), 200)], key="image_bars", failed=t("frame.plotly_failed")
        )
        show_why(examined.network, picture, answer, None, None)
        st.button(t("mistakes.follow"), key="follow_image", on_click=examined_network.send_through, args=(image,))


def _show_worst(examined: Examined) -> None:
    worst = mistakes(examined.labels, examined.inspection.probabilities)[:WORST].tolist()
    st.caption(t("mistakes.worst") if worst else t("flow.no_mistakes"))
    _images(examined, worst, t("mistakes.worst_title"), "worst")
    _show_image(examined, "worst")


def _show_each(matrix: Counts) -> None:
    """What is missed and what is named wrongly of each digit, as bars and as a table."""
    found, true = recall(matrix), precision(matrix)
    missed, wrongly = 1 - found, 1 - true
    st.caption(t("mistakes.each"))
    figure = mistake_bars(
        missed.astype(np.float32),
        wrongly.astype(np.float32),
        t("mistakes.bars"),
        (t("mistakes.missed"), t("mistakes.named_wrongly")),
    )
    worst = int(np.nan_to_num(missed, nan=-1).argmax())
    words = t("mistakes.most_missed", digit=worst, missed=percent(float(missed[worst]), 1)) if missed[worst] > 0 else ""
    shares = t("mistakes.join").join(f"{digit}: {percent(share, 1)}" for digit, share in enumerate(missed.tolist()))
    live_charts([Chart(figure, t("mistakes.bars_words", shares=shares), 280)], "each_digit", t("frame.plotly_failed"))
    if words:
        st.markdown(words)
    with st.expander(t("mistakes.table"), key="each_table"):
        st.table(
            {
                t("flow.column_digit"): DIGITS,
                t("mistakes.column_recall"): [percent(share, 1) for share in found.tolist()],
                t("mistakes.column_precision"): [percent(share, 1) for share in true.tolist()],
                t("mistakes.column_count"): matrix.sum(axis=1).tolist(),
            }
        )


def _show_reliability(examined: Examined) -> None:
    """Whether it is as often right as it is sure, as a diagram and as a sentence."""
    st.subheader(t("sure.title"), anchor=False)
    labels, probabilities = examined.labels, examined.inspection.probabilities
    found = calibration(labels, probabilities)
    words = reliability_in_words(found, about(labels, probabilities, 0.9))
    hover = t("sure.hover", sure="{sure}", right="{right}", count="{count}")
    figure = reliability_diagram(found, t("sure.diagram"), (t("sure.axis_sure"), t("sure.axis_right")), hover)
    live_charts([Chart(figure, words, 360)], "reliability", t("frame.plotly_failed"))
    st.markdown(words)
    st.caption(t("sure.how"))
    with st.expander(t("mistakes.table"), key="reliability_table"):
        st.table(
            {
                t("sure.axis_sure"): [percent(band.sureness, 1) for band in found.bands],
                t("sure.axis_right"): [percent(band.share, 1) for band in found.bands],
                t("mistakes.column_count"): [f"{band.count:,}" for band in found.bands],
            }
        )


def reliability_in_words(found: Calibration, ninety: Band | None) -> str:
    """What the diagram shows: how sure and how often right on the whole, and where it is about 90 % sure."""
    kind = {True: "sure.too_sure", False: "sure.less_sure", None: "sure.equal"}[found.too_sure]
    words = t(kind, sure=percent(found.all.sureness, 1), right=percent(found.all.share, 1))
    if ninety is None:
        return words
    at = t("sure.at_ninety", count=f"{ninety.count:,}", right=f"{ninety.right:,}", share=percent(ninety.share))
    return f"{words} {at}"

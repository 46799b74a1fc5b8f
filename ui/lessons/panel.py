"""The open lesson beside every page: read, predict, do, look, and what it means; judges nothing itself."""

import streamlit as st

from model.config import Setting, Settings, TrainingConfig
from model.lessons.facts import Finding, differing
from model.lessons.reader import Lesson, Step, Words
from model.locked_settings import Locks
from ui.elements.choices import choose_or_not
from ui.elements.page_links import link_to
from ui.elements.plotly_chart import beginning_in_sight
from ui.lessons import progress
from ui.lessons.progress import check, current_lesson, place
from ui.runs.run_names import run_title
from ui.runs.setting_words import option_text
from ui.state.drawing import drawing_changed, judged
from ui.state.language import current_language, listed, t
from ui.state.links import lessons_opened
from ui.state.messages import redraw
from ui.state.visitor import current_visitor
from ui.state.visitors import Place


def show_lesson() -> None:
    """The panel of the open lesson, or of what a teacher's link holds fast; nothing when neither is there."""
    judged()
    lesson, locks = current_lesson(), current_visitor().locks
    if lesson is None and not locks:
        return
    with st.container(key="lesson_panel"):
        title = t("lock.title") if lesson is None else words(lesson.title)
        with st.expander(title, expanded=True, key="lesson"):
            if locks:
                _show_locks(locks)
            if lesson is not None:
                _show_place(lesson)
            st.button(t("lesson.close"), key="lesson_close", on_click=progress.close_lesson, type="tertiary")


def words(text: Words) -> str:
    """A lesson's text in the visitor's language."""
    return text[current_language()]


def finding_in_words(finding: Finding) -> str:
    """What a check found, in the visitor's language."""
    groups = {name: settings_in_words(settings) for name, settings in finding.settings.items()}
    titles = {name: run_title(token) for name, token in finding.runs.items()}
    return t(f"check.{finding.says}", **finding.numbers, **groups, **titles)


def settings_in_words(settings: Settings) -> str:
    """Settings as a visitor reads them, each by its short name."""
    return listed(_setting_in_words(name, value) for name, value in settings.items())


def _setting_in_words(name: str, value: Setting) -> str:
    if name != "hidden_sizes":
        return t("lesson.setting", name=t(f"knob.{name}.short"), value=option_text(name, value))
    if not isinstance(value, tuple) or not value:
        return t("lesson.no_hidden_layer")
    return t("lesson.hidden_layers", sizes=" + ".join(f"{size:,}" for size in value))


def _show_locks(locks: Locks) -> None:
    shown = {name: value for name, value in locks.values.items() if name not in locks.hidden}
    if shown:
        st.caption(t("lock.shown", settings=settings_in_words(shown)))
    if locks.hidden:
        st.caption(t("lock.hidden", count=len(locks.hidden)))


def _show_place(lesson: Lesson) -> None:
    here = place(lesson.name)
    progress.open_step(lesson.name)
    last = len(lesson.steps)
    bar = st.empty()
    if here.step >= last:
        _show_end(lesson)
    else:
        _show_step(lesson, here)
    bar.progress(len(here.found) / last, text=_progress_words(lesson, here.step))
    looked_at = f"{lesson.name} {here.step} {here.step in here.found}"
    beginning_in_sight(opened=lessons_opened(), panel=looked_at)


def _show_step(lesson: Lesson, here: Place) -> None:
    """What is to read, predict and do; once that is done what was found stands first, and the rest is folded away."""
    number, step = here.step, lesson.steps[here.step]
    predicted = here.predicted.get(number)
    finding = None if predicted is None else check(lesson.name, number, step)
    if finding is not None and finding.passed:
        with st.container(key="lesson_finding"):
            _show_outcome(lesson, number, step, finding)
        with st.expander(t("lesson.read_again"), key=f"lesson_reread_{lesson.name}_{number}"):
            _show_reading(lesson, number, step)
            st.markdown(words(step.task))
    else:
        _show_reading(lesson, number, step)
        _show_prediction(lesson, number, step)
        if finding is not None:
            _show_task(step, finding)
    _show_turning(lesson, number)


def _show_reading(lesson: Lesson, number: int, step: Step) -> None:
    if number == 0:
        st.markdown(t("lesson.goal", goal=words(lesson.goal)))
    st.markdown(words(step.read))


def _progress_words(lesson: Lesson, step: int) -> str:
    last = len(lesson.steps)
    return t("lesson.finished") if step >= last else t("lesson.step", step=step + 1, steps=last)


def _show_prediction(lesson: Lesson, number: int, step: Step) -> None:
    """The question and its choices."""
    predicted = place(lesson.name).predicted.get(number)
    prediction = progress.prediction(lesson.name, number)
    prediction.give(predicted)
    choose_or_not(
        words(step.question),
        range(len(step.choices)),
        prediction.key,
        lambda choice: words(step.choices[choice].words),
        on_change=progress.predict_choice,
        args=(lesson.name, number),
    )
    if predicted is None:
        st.caption(t("lesson.predict_first"))


def _show_task(step: Step, finding: Finding) -> None:
    """What to do, and what of it is still missing."""
    st.markdown(words(step.task))
    _show_link(step)
    with st.container(key="lesson_finding"):
        st.info(finding_in_words(finding))
        _show_remedy(finding)
        st.button(t("lesson.check"), key="lesson_check")


def _show_link(step: Step) -> None:
    """The way to the page of the task; with its knobs, but for what is locked."""
    with st.container(key="lesson_go"):
        if step.knobs is None:
            link_to(step.page, t("lesson.go", page=t(f"{step.page}.link")))
            return
        knobs = current_visitor().locks.applied_to(step.knobs)
        _link_with_knobs(step.page, knobs)
    _show_knobs(knobs)


def _show_remedy(finding: Finding) -> None:
    """The way to what is missing: settings to train with, or another network to read with."""
    with st.container(key="lesson_remedy"):
        if finding.wants is not None:
            _link_with_knobs("train", finding.wants)
            _show_knobs(finding.wants)
        if finding.other_reader is not None:
            label = t("lesson.let_read", run=run_title(finding.other_reader))
            link_to("draw", label, run=finding.other_reader)


def _link_with_knobs(page: str, knobs: TrainingConfig) -> None:
    link_to(page, t("lesson.go_with_knobs", page=t(f"{page}.link")), **knobs.to_query())


def _show_knobs(knobs: TrainingConfig) -> None:
    moved = differing(knobs, TrainingConfig(), ())
    st.caption(t("lesson.knobs", settings=settings_in_words(moved)) if moved else t("lesson.standard_knobs"))


def _show_outcome(lesson: Lesson, number: int, step: Step, finding: Finding) -> None:
    st.success(finding_in_words(finding))
    predicted = place(lesson.name).predicted[number]
    if finding.value is not None:
        came = step.outcome(finding.value)
        happened = words(step.choices[came].words)
        if came == predicted:
            st.markdown(t("lesson.predicted_right", predicted=happened))
        else:
            st.markdown(t("lesson.predicted_wrong", predicted=words(step.choices[predicted].words), came=happened))
    _show_reservations(step, finding)
    st.markdown(words(step.meaning))


def _show_reservations(step: Step, finding: Finding) -> None:
    """What to bear in mind: settings other than the step's link has, and that one start proves little."""
    if finding.config is not None and step.knobs is not None:
        other = differing(finding.config, current_visitor().locks.applied_to(step.knobs), ())
        if other:
            st.caption(t("lesson.other_settings", settings=settings_in_words(other)))
    if finding.says.startswith("compared") and "seed" not in finding.settings["where"]:
        st.caption(t("lesson.one_start"))


def _show_turning(lesson: Lesson, number: int) -> None:
    done = number in place(lesson.name).found
    with st.container(horizontal=True, key="lesson_turning"):
        st.button(
            t("lesson.back"),
            key="lesson_back",
            disabled=number == 0,
            on_click=progress.go_to,
            args=(lesson.name, number - 1),
        )
        st.button(
            t("lesson.next"),
            key="lesson_next",
            disabled=not done,
            type="primary" if done else "secondary",
            on_click=progress.go_to,
            args=(lesson.name, number + 1),
        )


def _show_end(lesson: Lesson) -> None:
    here = place(lesson.name)
    guessed = [
        lesson.steps[number].outcome(finding.value) == here.predicted.get(number)
        for number, finding in here.found.items()
        if finding.value is not None
    ]
    st.success(t("lesson.end", right=sum(guessed), count=len(guessed)))
    st.markdown(t("lesson.goal_reached", goal=words(lesson.goal)))
    following = _next_lesson(lesson)
    with st.container(horizontal=True, key="lesson_turning"):
        if following is not None:
            st.button(
                t("lesson.following", title=words(following.title)),
                key="lesson_following",
                type="primary",
                on_click=progress.open_lesson,
                args=(following.name, current_visitor().locks.without(following.moved_knobs)),
            )
        st.button(t("lesson.again"), key="lesson_again", on_click=progress.begin_again, args=(lesson.name,))


def _next_lesson(lesson: Lesson) -> Lesson | None:
    names = list(progress.lessons())
    after = names[names.index(lesson.name) + 1 :]
    return progress.lessons()[after[0]] if after else None


def panel_follows_drawing() -> None:
    """Draw the page once more when what is drawn has changed since the panel judged it; the last thing a page does."""
    if current_lesson() is not None and drawing_changed():
        redraw()

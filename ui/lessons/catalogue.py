"""The lessons on Home: the list, how far one is, and the teacher's link; knows nothing of what lessons check."""

import streamlit as st

from model.config import DEFAULTS
from model.lessons.reader import Lesson
from model.locked_settings import Locks
from ui.elements.choices import choose, choose_several
from ui.elements.page_links import link_to
from ui.elements.shared_link import show_shared_link
from ui.lessons.panel import settings_in_words, words
from ui.lessons.progress import current_name, lesson_errors, lessons
from ui.state.hyperparameters import knob_values
from ui.state.language import listed, t
from ui.state.links import LESSON, PRESENT
from ui.state.visitor import current_visitor


def show_lessons() -> None:
    """Every lesson with its goal and the link that opens it."""
    with st.container(key="lessons"):
        st.header(t("lessons.title"), anchor=False)
        st.markdown(t("lessons.intro"))
        for error in lesson_errors():
            st.error(t("lessons.error", file=error.file, field=error.field, wrong=error.wrong, right=error.right))
        with st.container(key="lesson_cards"):
            for number, lesson in enumerate(lessons().values(), 1):
                _show_card(number, lesson)
        show_teachers_link()


def _show_card(number: int, lesson: Lesson) -> None:
    places = current_visitor().places
    done = len(places[lesson.name].found) if lesson.name in places else 0
    with st.container(border=True, key=f"lesson_card_{lesson.name}", height="stretch"):
        st.subheader(f"{number}. {words(lesson.title)}", anchor=False)
        st.markdown(words(lesson.goal))
        steps = len(lesson.steps)
        if done:
            st.caption(t("lessons.progress", done=done, steps=steps))
        else:
            st.caption(t("lessons.size", steps=steps, minutes=lesson.minutes))
        with st.container(key=f"go_lesson_{lesson.name}", horizontal=True):
            if lesson.name == current_name():
                st.markdown(t("lessons.open_now"))
            else:
                label = t("lessons.continue") if 0 < done < len(lesson.steps) else t("lessons.open")
                link_to("home", label, lesson=lesson.name)


def show_teachers_link() -> None:
    """Makes a link that opens a lesson with some knobs locked or hidden, at the values they have on the Train page."""
    with st.expander(t("teacher.title"), key="teacher", on_change="rerun") as box:
        st.markdown(t("teacher.intro"))
        names = list(lessons())
        name = choose(t("teacher.lesson"), names, "teacher_lesson", lambda name: words(lessons()[name].title))
        free = [field for field in DEFAULTS if field not in lessons()[name].moved_knobs]
        locked = choose_several(t("teacher.lock"), free, "teacher_lock", _knob_name)
        hidden = choose_several(t("teacher.hide"), free, "teacher_hide", _knob_name)
        st.caption(t("teacher.free", settings=listed(map(_knob_name, sorted(lessons()[name].moved_knobs)))))
        large = st.toggle(t("teacher.present"), key="teacher_present")
        values = {field: knob_values()[field] for field in dict.fromkeys([*locked, *hidden])}
        if values:
            st.markdown(t("teacher.values", settings=settings_in_words(values)))
        query = {LESSON: name} | Locks(values, frozenset(hidden)).to_query()
        large_type = {PRESENT: "1"} if large else {}
        show_shared_link(query | large_type, "", "teacher", opened=bool(box.open))
        st.caption(t("teacher.how"))


def _knob_name(field: str) -> str:
    return t(f"knob.{field}.short")

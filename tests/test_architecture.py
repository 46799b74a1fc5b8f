"""The rules of the architecture, kept: who may import what, what a page may be, and texts that match in both languages."""

import ast
import functools
import importlib
import re
import string
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODEL, UI = (sorted((ROOT / folder).rglob("*.py")) for folder in ("model", "ui"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
MODULES = [*MODEL, *UI, *PAGES[1:]]
SCREEN = [*PAGES, *UI]
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
# What looks at the project from without.
OUTSIDE = [*sorted((ROOT / "tests").rglob("*.py")), *BENCHMARKS]
# What is remembered of a network has no public face, and whether it goes with the network cannot be seen from without; nor has what
# Streamlit does with Keras after every script, nor the middle of a message at which a process dies.
LOOKS_INSIDE = {
    "tests/ui/inside/test_dropped_runs.py",
    "tests/pages/conftest.py",
    "tests/model/runs/test_cut_off_workers.py",
}
PATCHING = {"setattr", "delattr", "getattr", "hasattr", "object", "patch"}
# Folders from the top down: a module may import its own folder and what stands in a later row, nothing else. Folders of one row do not
# know each other, but for those that ``ALSO`` names.
MODEL_ROWS = (
    ("model.__main__",),
    ("model.lessons",),
    ("model.runs",),
    ("model.training", "model.evaluation"),
    ("model.data", "model.interpretability", "model.textbook"),
    ("model",),
)
PAGE_FOLDERS = ("ui.train", "ui.draw", "ui.inside", "ui.compare", "ui.by_hand", "ui.lessons", "ui.home")
UI_ROWS = (
    ("app",),
    ("pages",),
    ("ui.frame", "ui.server"),
    ("ui.server_guards",),
    PAGE_FOLDERS,
    ("ui.prediction", "ui.runs"),
    ("ui.elements", "ui.glossary"),
    ("ui.state",),
    ("ui.asset_files", "ui.colours"),
)
ROWS = (*UI_ROWS, *MODEL_ROWS)
ALSO = {
    ("ui.prediction", "ui.runs"),  # an answer is told with the name of the run that gave it
    ("ui.glossary", "ui.elements"),  # the window of a word is an element
    ("ui.lessons", "ui.glossary"),
}
# What others import, and what stays where it is.
LASTING_NAMES = {
    "model.config": ("TrainingConfig", "PRESETS"),
    "model.training": ("train", "Progress"),
    "model.network": ("Network", "predict"),
    "model.drawing": ("to_mnist",),
}
# Functions of the state that take the key of a widget: elements pass on the key they were given.
KEYED = {
    "ui.state.choices": {"offer", "newly_chosen", "forget_choice", "said", "give", "give_unheard"},
    "ui.state.hyperparameters": {"knob", "layer_size"},
    "ui.state.address": {"browser_stands", "meant_text", "put_text"},
}
WRITTEN = (ast.Constant, ast.JoinedStr)
LANGUAGES = ("en", "zh")
ANY_MOST = 60
# Names and abbreviations that are the same in every language.
PROPER_NAMES = {"ReLU", "tanh", "sigmoid", "GELU", "Adam", "AdamW", "RMSprop", "SGD", "Dropout", "L1", "L2"}
SYMBOLS_ONLY = re.compile(r"(\{\w+\}|[\W\d_])*")


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def loaded_by(*modules: str) -> set[str]:
    """The top-level packages in memory after a fresh interpreter has imported ``modules``."""
    script = f"import {', '.join(modules)}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
    )


@functools.cache
def tracked_files() -> list[Path]:
    """Every file of the project: what Git tracks, and without Git what is not obviously somebody else's."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode == 0:
        return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


# --- the house ---------------------------------------------------------------------------------------------------


@functools.cache
def imported(path: Path) -> list[tuple[str, bool]]:
    """Every module of the project that a file imports, and whether only inside a function."""
    known = {module_name(module) for module in MODULES}
    tree = ast.parse(path.read_text("utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            deeper = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else node.module for name in deeper]
        else:
            continue
        found += [(name, id(node) in inside) for name in names if name in known]
    return found


def place_of(module: str) -> str:
    """The most exact name in ``ROWS`` that a module stands under."""
    names = [name for row in ROWS for name in row if module == name or module.startswith(f"{name}.")]
    return max(names, key=len)


def allowed(importer: str, imported_module: str) -> bool:
    """Whether the arrows of the house let one module import another."""
    here, there = place_of(importer), place_of(imported_module)
    if here == there or (here, there) in ALSO:
        return True
    rows = {name: number for number, row in enumerate(ROWS) for name in row}
    return rows[here] < rows[there]


def test_the_guards_see_every_module_there_is() -> None:
    tracked = {path for path in tracked_files() if path.suffix == ".py" and path.parent != ROOT}
    assert {path for path in tracked if path.relative_to(ROOT).parts[0] in ("model", "ui", "pages")} == set(MODULES)
    assert len(MODEL) > 30 and len(UI) > 60
    assert {path.parent.relative_to(ROOT).as_posix() for path in MODULES} > {"model/runs", "ui/inside", "ui/state"}


@pytest.mark.parametrize("path", [*MODULES, ROOT / "app.py"], ids=short)
def test_imports_run_down_the_house(path: Path) -> None:
    here = module_name(path)
    assert [name for name, _ in imported(path) if not allowed(here, name)] == []


def test_only_named_modules_stand_outside_the_folders() -> None:
    assert {path.stem for path in UI if path.parent == ROOT / "ui"} == {
        "__init__",
        "frame",
        "server",
        "server_guards",
        "asset_files",
        "colours",
    }
    assert {path.stem for path in MODEL if path.parent == ROOT / "model"} == {
        "__init__",
        "__main__",
        "activations",
        "augmentation",
        "config",
        "drawing",
        "library_types",
        "locked_settings",
        "network",
        "network_memory",
        "one_thread",
        "optimizers",
        "sizes",
    }


def test_no_modules_import_each_other_in_a_circle() -> None:
    arrows = {
        module_name(path): {name for name, lazy in imported(path) if not lazy and name != module_name(path)}
        for path in MODULES
    }
    while arrows:
        leaves = {name for name, wanted in arrows.items() if not wanted & set(arrows)}
        assert leaves, f"a circle among {sorted(arrows)}"
        arrows = {name: wanted for name, wanted in arrows.items() if name not in leaves}


def test_imports_that_wait_for_their_call_keep_out_tensorflow_and_what_only_a_cluster_needs() -> None:
    lazy = {(module_name(path), name) for path in MODULES for name, inside in imported(path) if inside}
    assert lazy == {
        ("model.training.loop", "model.training.compiled_loop"),
        ("model.runs.cluster", "model.runs.cluster_worker"),
        ("model.runs.cluster_worker", "model.runs.executor"),  # on the worker, once the engine has come there
    }


def test_without_a_cluster_nothing_of_dask_is_imported() -> None:
    assert not loaded_by("model.runs.store", "ui.frame", "ui.server") & {"dask", "distributed"}


@pytest.mark.parametrize("module", LASTING_NAMES)
def test_names_that_others_import_stay(module: str) -> None:
    found = importlib.import_module(module)
    assert [name for name in LASTING_NAMES[module] if not hasattr(found, name)] == []


def test_a_screen_that_reaches_up_or_across_is_caught() -> None:
    assert allowed("ui.train.run_monitor", "ui.runs.run_names") and allowed("model.runs.driver", "model.training.loop")
    assert not allowed("ui.runs.run_names", "ui.train.run_monitor") and not allowed(
        "ui.draw.canvas", "ui.train.architecture"
    )
    assert not allowed("model.network", "model.runs.run") and not allowed("model.config", "ui.frame")


def test_whatever_is_computed_for_a_visitor_waits_its_turn() -> None:
    """Else one visitor's maps and curves would come before everybody's training."""
    handing_over = {
        short(path) for path in MODULES if re.search(r"\bworkers\.submit\(|RUNS\.workers\._", path.read_text("utf-8"))
    }
    assert handing_over == set()


# --- imports -------------------------------------------------------------------------------------------------------


def test_the_web_process_imports_no_tensorflow() -> None:
    # The canvas package declares its element when imported, which only a running Streamlit server allows.
    screen = [module_name(path) for path in UI if path.stem != "canvas"]
    engine = [
        "model.runs.store",
        "model.training.loop",
        "model.config",
        "model.data.mnist",
        "model.drawing",
        "model.network",
        "model.runs.executor",
    ]
    assert not loaded_by(*screen, *engine) & {"tensorflow", "keras", "jax", "torch"}


def test_the_engine_imports_no_screen() -> None:
    engine = [module_name(path) for path in MODEL if path.stem != "__main__"]
    assert "model.training.compiled_loop" in engine
    loaded = loaded_by(*engine)
    assert "tensorflow" in loaded
    assert not loaded & {"streamlit", "plotly", "streamlit_drawable_canvas", "ui"}


def test_figures_import_no_streamlit() -> None:
    loaded = loaded_by(
        "ui.elements.figure_style",
        "ui.inside.figures",
        "ui.inside.map_figures",
        "ui.train.figures",
        "ui.runs.overlaid_curves",
        "ui.compare.svg_curves",
        "ui.runs.run_table",
        "ui.compare.report",
        "ui.compare.curves_csv",
    )
    assert "plotly" in loaded and "streamlit" not in loaded


def test_thumbnails_import_no_streamlit() -> None:
    assert not loaded_by("ui.home.thumbnails", "ui.glossary.glossary") & {"streamlit", "plotly"}


@functools.cache
def imports(path: Path) -> set[str]:
    """The top-level packages a file names in any import, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("path", MODEL, ids=short)
def test_no_engine_module_names_a_screen_even_inside_a_function(path: Path) -> None:
    assert not imports(path) & {"streamlit", "plotly", "ui", "pages"}


@pytest.mark.parametrize("path", SCREEN, ids=short)
def test_no_screen_module_names_tensorflow_even_inside_a_function(path: Path) -> None:
    assert not imports(path) & {"tensorflow", "keras"}


def touching(pattern: str) -> set[str]:
    return {short(path) for path in SCREEN if any(re.search(pattern, line) for line in code_lines(path))}


def test_the_page_is_drawn_again_in_one_place_which_keeps_what_the_page_tells() -> None:
    assert touching(r"st\.rerun\b") == {"ui/state/messages.py"}


def test_only_the_state_touches_session_state_the_address_and_the_cookie() -> None:
    assert touching(r"session_state") == {"ui/state/values.py", "ui/state/choices.py"}
    assert touching(r"query_params(?!=)") == {"ui/state/address.py"}
    assert touching(r"context\.cookies") == {"ui/state/visitor.py"}


def is_value(node: ast.AST) -> bool:
    """Whether code makes an accessor: ``Value(...)`` or ``Value[...](...)``."""
    if not isinstance(node, ast.Call):
        return False
    made = node.func.value if isinstance(node.func, ast.Subscript) else node.func
    return isinstance(made, ast.Name) and made.id == "Value"


def accessors(path: Path) -> list[tuple[str, bool]]:
    """The text of every key that a file makes an accessor of, and whether it is made where it is declared: at the top of the module, or
    in a function that returns it.
    """
    tree = ast.parse(path.read_text("utf-8"))
    declared = {
        id(node)
        for statement in tree.body
        for node in ast.walk(statement)
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        or (isinstance(statement, ast.FunctionDef) and "Value" in ast.unparse(statement.returns or ast.Constant(None)))
    }
    made = [node for node in ast.walk(tree) if is_value(node)]
    return [
        (key.value if isinstance(key, ast.Constant) else "", id(node) in declared)
        for node in made
        if isinstance(node, ast.Call) and isinstance(key := node.args[0], (ast.Constant, ast.JoinedStr))
    ]


def test_a_key_of_the_session_is_written_once_where_its_accessor_is_declared() -> None:
    found = [(short(path), key, declared) for path in SCREEN for key, declared in accessors(path)]
    assert len(found) > 60
    assert [(path, key) for path, key, declared in found if not declared] == []
    keys = [key for _, key, _ in found if key]
    assert sorted(keys) == sorted(set(keys))
    # A widget whose value is kept is drawn under the key of its accessor; the others have a written key, of which no accessor is made.
    drawn = [
        (short(path), key.value)
        for path in SCREEN
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and not is_value(call)
        for key in [*call.args, *(named.value for named in call.keywords if named.arg == "key")]
        if isinstance(key, ast.Constant)
    ]
    assert [(path, key) for path, key in drawn if key in keys] == []


def test_nothing_outside_the_state_passes_a_written_key_to_it() -> None:
    guilty = []
    for path in SCREEN:
        if path.parent.name == "state":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        from_state = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module in KEYED
            for alias in node.names
            if alias.name in KEYED[node.module]
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in from_state:
                guilty += [(short(path), ast.unparse(node)) for key in node.args[:1] if isinstance(key, WRITTEN)]
    assert guilty == []


def test_only_the_canvas_adapter_knows_the_canvas() -> None:
    assert {short(path) for path in SCREEN if "streamlit_drawable_canvas" in imports(path)} == {"ui/draw/canvas.py"}


def test_only_one_module_declares_elements_so_that_each_bears_a_missing_file() -> None:
    declaring = {short(path) for path in SCREEN if any("components.v2" in line for line in code_lines(path))}
    assert declaring == {"ui/elements/plotly_chart.py"}


def private_reaches(source: str) -> list[str]:
    """Every private name of something else that a test touches: by a dot, an import, or as text given to a function that patches."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and not (
            isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        ):
            found.append(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in PATCHING:
            texts_given = [given.value for given in node.args if isinstance(given, ast.Constant)]
            found += [part for text in texts_given if isinstance(text, str) for part in text.split(".")]
    return [name for name in found if name.startswith("_") and not name.startswith("__")]


@pytest.mark.parametrize("path", OUTSIDE, ids=short)
def test_tests_and_benchmarks_ask_public_names(path: Path) -> None:
    assert bool(private_reaches(path.read_text("utf-8"))) == (short(path) in LOOKS_INSIDE)


def test_a_reach_into_something_private_is_caught() -> None:
    assert private_reaches("run._state") == ["_state"]
    assert private_reaches("from ui.inside import _item") == ["_item"]
    assert private_reaches("patch.setattr(run, '_state', None)") == ["_state"]
    assert private_reaches("patch.setattr('model.runs.driver._done', None)") == ["_done"]
    assert private_reaches("self._queue, run.__class__, page.evaluate('plot._fullData')") == []


@pytest.mark.parametrize("path", BENCHMARKS, ids=short)
def test_benchmarks_stand_without_the_tests(path: Path) -> None:
    assert "tests" not in imports(path)


@functools.cache
def code_lines(path: Path) -> list[str]:
    """A file without its docstrings and comments, which may speak of what they do not touch."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            first.value.value = ""
    return ast.unparse(tree).splitlines()


# --- shape of modules ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=short)
def test_a_page_is_at_most_80_lines_without_functions_or_arithmetic(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert len(path.read_text("utf-8").splitlines()) <= 80
    assert not [
        node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.BinOp, ast.For))
    ]


@pytest.mark.parametrize("path", [*MODULES, ROOT / "app.py"], ids=short)
def test_a_module_begins_with_one_sentence(path: Path) -> None:
    sentence = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert sentence and sentence.endswith(".") and "\n" not in sentence
    assert not re.search(r"[.!?] [A-Z]", sentence)


def test_no_module_is_a_drawer() -> None:
    assert not {path.stem for path in MODULES} & {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "manager",
        "misc",
        "base",
    }


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_no_exception_is_swallowed(path: Path) -> None:
    handlers = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ExceptHandler)]
    assert all(handler.type is not None for handler in handlers)
    assert not [handler for handler in handlers if isinstance(handler.body[0], ast.Pass)]


def lines_without_a_type(paths: list[Path]) -> list[str]:
    """Every line that says ``Any``, in code or in words."""
    return [
        f"{short(path)}: {line.strip()}"
        for path in paths
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"\bAny\b", line)
    ]


def test_any_stands_only_where_a_library_has_no_types() -> None:
    found = lines_without_a_type([*MODULES, *BENCHMARKS])
    assert "model/library_types.py: from typing import Any, Protocol" in found
    assert len(found) <= ANY_MOST, "\n".join(found)


# --- texts ---------------------------------------------------------------------------------------------------------


@functools.cache
def texts(language: str) -> dict[str, str]:
    def flat(tree: dict[str, Any], prefix: str) -> dict[str, str]:
        return {
            key: text
            for name, value in tree.items()
            for key, text in (
                flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
            ).items()
        }

    return flat(tomllib.loads((ROOT / "assets" / "texts" / f"{language}.toml").read_text("utf-8")), "")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@functools.cache
def asked_keys() -> tuple[dict[str, set[str]], list[re.Pattern[str]]]:
    """Every ``t("key", ...)`` of the code with the names of its values, and every ``t(f"...")`` as a pattern."""
    literal: dict[str, set[str]] = {}
    patterns = []
    for path in SCREEN:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t" and node.args
            ):
                continue
            for key in ast.walk(node.args[0]) if isinstance(node.args[0], ast.IfExp) else [node.args[0]]:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    literal.setdefault(key.value, set()).update(str(value.arg) for value in node.keywords)
                elif isinstance(key, ast.JoinedStr):
                    parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"\w+" for p in key.values]  # type: ignore[arg-type]
                    patterns.append(re.compile("".join(parts)))
    return literal, patterns


@functools.cache
def strings_in_code() -> set[str]:
    return {
        node.value
        for path in SCREEN
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_both_languages_have_the_same_keys() -> None:
    assert set(texts("en")) == set(texts("zh"))


@pytest.mark.parametrize("key", texts("en"))
def test_both_languages_want_the_same_values(key: str) -> None:
    english, chinese = texts("en")[key], texts("zh")[key]
    assert english.strip() and chinese.strip()
    assert placeholders(english) == placeholders(chinese)


def test_every_text_the_code_asks_for_is_there() -> None:
    literal, patterns = asked_keys()
    assert len(literal) > 30 and patterns
    assert set(literal) <= set(texts("en"))
    assert [pattern.pattern for pattern in patterns if not any(map(pattern.fullmatch, texts("en")))] == []


def test_every_text_gets_the_values_it_wants() -> None:
    literal, _ = asked_keys()
    wanting = {key: placeholders(texts("en")[key]) for key in literal}
    without_values = {key: wanting[key] - given for key, given in literal.items() if given or not wanting[key]}
    assert {key: missing for key, missing in without_values.items() if missing} == {}


def test_no_text_is_there_for_nobody() -> None:
    literal, patterns = asked_keys()
    asked = set(literal) | strings_in_code()
    unused = [
        key for key in texts("en") if key not in asked and not any(pattern.fullmatch(key) for pattern in patterns)
    ]
    assert unused == []


def test_no_chinese_text_was_left_in_english() -> None:
    chinese = texts("zh")
    untranslated = {key: text for key, text in texts("en").items() if chinese[key] == text}
    assert {
        key: text for key, text in untranslated.items() if text not in PROPER_NAMES and not SYMBOLS_ONLY.fullmatch(text)
    } == {}


def test_chinese_texts_are_chinese() -> None:
    without = {key for key, text in texts("zh").items() if not re.search(r"[\u4e00-\u9fff]", text)}
    assert {
        key for key in without if texts("zh")[key] not in PROPER_NAMES and not SYMBOLS_ONLY.fullmatch(texts("zh")[key])
    } == set()


def test_english_texts_hold_no_chinese() -> None:
    assert not [key for key, text in texts("en").items() if re.search(r"[\u3000-\u9fff\uff00-\uffef]", text)]


# --- files ---------------------------------------------------------------------------------------------------------


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    machine_path = re.compile(r"(?<![\w.])/(home|root|Users|work|tmp)/\w|[A-Z]:\\\\?Users")
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        if path == Path(__file__).resolve() or b"\0" in content[:8000]:
            continue
        found += [
            f"{short(path)}: {line.strip()[:80]}"
            for line in content.decode("utf-8").splitlines()
            if machine_path.search(line)
        ]
    assert found == []


STYLES = sorted((ROOT / "assets" / "styles").glob("*.css"))


def test_the_frame_puts_every_style_there_is() -> None:
    assert sorted(importlib.import_module("ui.frame").STYLES) == STYLES


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_the_styles_close_every_block_they_open(path: Path) -> None:
    depth = 0
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        assert depth == 0 or line.startswith((" ", "}")) or not line, f"line {number} begins inside an open block"
        depth += line.count("{") - line.count("}")
    assert depth == 0


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_a_style_that_leans_on_streamlits_inside_says_so(path: Path) -> None:
    """In the paragraph it stands in, between two empty lines; so that who updates Streamlit knows where to look."""
    leaning = re.compile(r"data-testid|\.st[A-Z]|:has\(> \.st-key|!important")
    silent = [
        part for part in path.read_text("utf-8").split("\n\n") if leaning.search(part) and "/* Streamlit:" not in part
    ]
    assert silent == []


def test_every_colour_has_one_place_in_the_code_and_one_in_the_styles() -> None:
    places = {ROOT / "assets/styles/colours.css", ROOT / "ui/colours.py"}
    coloured = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b")
    paths = {*UI, *PAGES, *STYLES, *(ROOT / "assets" / "components").glob("*.*")} - places
    assert [short(path) for path in sorted(paths) if coloured.search(path.read_text("utf-8"))] == []


def test_the_styles_know_the_colours_of_the_pictures_by_the_same_names() -> None:
    styles = (ROOT / "assets/styles/colours.css").read_text("utf-8")
    colours = importlib.import_module("ui.colours")
    for name in ("blue", "orange", "amber", "grey"):
        assert f"--{name}: {getattr(colours, name.upper()).lower()};" in styles

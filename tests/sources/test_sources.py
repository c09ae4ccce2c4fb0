"""The sources of the template: few control statements, and nothing of Jinja left in a render."""

import re
from pathlib import Path

import pytest

from tests.rendering.renders import ROOT, Render, Renderer, configuration, environment
from tests.variants.numbered import PAIRWISE, VARIANTS

TEMPLATE = ROOT / "template"
ACTING_BY_NAME = {".gitignore.jinja", ".pre-commit-config.yaml.jinja"}
OF_UPDATED_PROJECTS = (
    {"generation": 2, "layout": 2},
    {"auth": "jwt", "began_with_accounts": False},
)
"""What no new project answers: such projects are run by `tests/updates`."""

ANSWERS_FILE = "{{ _copier_conf.answers_file }}"

CONTROL = re.compile(r"^\s*# \{%")
OPENING = re.compile(r"# \{%-? *(if|for|macro|set (?!.*=)|call|filter|block)\b")
CLOSING = re.compile(r"# \{%-? *end\w+")


def sources() -> list[Path]:
    ignored = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "uv.lock"}
    found = [path for path in sorted(TEMPLATE.rglob("*")) if path.is_file()]
    return [path for path in found if not ignored & set(path.parts)]


def relative(path: Path) -> str:
    return path.relative_to(TEMPLATE).as_posix()


def as_rendered(path: Path) -> Path:
    """With the names that renders give to files and folders."""
    return Path(re.sub(r"\{\{ '([^']+)' if .*?\}\}", r"\1", relative(path)))


def rendered(name: str, render: Render) -> str:
    """The name that a render with its answers gives it, empty where it is left out."""
    parts = [environment().from_string(part).render(render.context) for part in name.split("/")]
    return "/".join(parts) if all(parts) else ""


def control_statements(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if CONTROL.match(line)]


SOURCES = sources()
CONTROLLED = [path for path in SOURCES if control_statements(path)]


def test_the_template_has_sixty_control_statements_at_most() -> None:
    assert sum(len(control_statements(path)) for path in SOURCES) <= 60


@pytest.mark.parametrize("path", CONTROLLED, ids=relative)
def test_control_statements_are_not_nested(path: Path) -> None:
    depth = 0
    for line in control_statements(path):
        depth += bool(OPENING.search(line)) - bool(CLOSING.search(line))
        assert depth in {0, 1}, line
    assert depth == 0


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_control_statements_have_lines_of_their_own(path: Path) -> None:
    for line in path.read_text().splitlines():
        if "{%" in line or "%}" in line:
            assert re.fullmatch(r"\s*# \{%-? [^%]+ -?%\}", line), line


def test_only_files_with_jinja_in_them_have_its_suffix() -> None:
    with_jinja = {path for path in SOURCES if re.search(r"\{\{|# \{[%#]", path.read_text())}
    suffixed = {path for path in SOURCES if path.suffix == ".jinja"}
    # The expressions of GitHub, Prometheus and Grafana look like Jinja's.
    others = {path for path in with_jinja if {".github", "deploy"} & set(as_rendered(path).parts)}
    assert with_jinja - suffixed - others == set()
    # These would act on the template itself under their own names.
    assert {path.name for path in suffixed - with_jinja} <= ACTING_BY_NAME


def test_conditions_stand_in_names_and_never_in_exclude() -> None:
    """A condition there on a question that an older version lacked makes conflicts in updates."""
    for key in ("_exclude", "_skip_if_exists"):
        assert all("{" not in pattern for pattern in configuration().get(key, []))


def leftovers(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "uv.lock":
            text = path.read_text()
            if ".github" in path.parts:  # whose expressions look like Jinja's
                text = text.replace("${{", "")
            if "deploy" in path.parts:  # so do those of Prometheus and Grafana
                text = re.sub(r"\{\{(?: \$[\w. |]+|\w+)\}\}", "", text)
            hits = [mark for mark in ("{{", "{%", "%}", "{#") if mark in text]
            found += [f"{path.relative_to(folder)}: {mark}" for mark in hits]
        if re.search(r"[{}]|\.jinja$| if ", path.name):
            found.append(f"{path.relative_to(folder)}: its name")
    return found


@pytest.mark.parametrize("number", VARIANTS)
def test_nothing_of_jinja_is_left_in_a_render(renderer: Renderer, number: str) -> None:
    assert leftovers(renderer.render(**VARIANTS[number]).folder) == []


def test_every_source_is_in_some_render(renderer: Renderer) -> None:
    """One whose condition no variant that is run fulfils would never be tested."""
    rows = [VARIANTS[number] for number in PAIRWISE]
    made = [renderer.render(**answers) for answers in (*rows, *OF_UPDATED_PROJECTS)]
    names = {relative(path).removesuffix(".jinja") for path in SOURCES} - {ANSWERS_FILE}
    for render in made:
        names -= {name for name in names if (render.folder / rendered(name, render)).is_file()}
    assert names == set()

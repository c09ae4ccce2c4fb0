"""How `just update` merges: three sets of files, of which git holds the project's."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts.applying import apply, in_the_way, set_apart
from scripts.merging import ANSWERS, TABLE, Merge, merge, prepare
from tests.updates.history import git

MIGRATION = "migrations/versions/0002_more.py"
LINES = "".join(f"line {number}\n" for number in range(20))


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in {ANSWERS: f"_commit: {folder.name}\n", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


class Case:
    """Two renders, and a project that was the first of them once."""

    def __init__(self, place: Path, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        self.old, self.new = write(place / "old", old), write(place / "new", new)
        self.project = write(place / "repository" / "project", old)
        git(self.project, "init", "--quiet", "--initial-branch=main", str(place / "repository"))

    def prepared(self) -> Merge:
        git(self.project, "add", "--all")
        git(self.project, "commit", "--quiet", "--allow-empty", "--message=Work")
        return prepare(self.old, self.new, self.project)

    def merged(self) -> list[str]:
        """The files with conflicts."""
        self.missed()
        unmerged = git(self.project, "ls-files", "--unmerged").splitlines()
        return sorted({line.partition("\t")[2] for line in unmerged})

    def missed(self) -> dict[str, str]:
        plan = self.prepared()
        assert plan.clashing == []
        merged = set_apart(merge(plan), self.project)
        assert in_the_way(merged, self.project) == []
        apply(merged, plan.moves, self.project)
        return merged.missed

    def in_the_way(self) -> list[str]:
        return in_the_way(set_apart(merge(self.prepared()), self.project), self.project)

    def read(self, path: str) -> str:
        return (self.project / path).read_text()

    def files(self) -> set[str]:
        found = [path for path in self.project.rglob("*") if path.is_file()]
        return {path.relative_to(self.project).as_posix() for path in found}


def test_edits_meet_changes_in_other_lines(tmp_path: Path) -> None:
    case = Case(tmp_path, {"a": LINES}, {"a": LINES.replace("line 15", "theirs")})
    write(case.project, {"a": LINES.replace("line 3", "ours")})

    assert case.merged() == []
    assert case.read("a") == LINES.replace("line 3", "ours").replace("line 15", "theirs")


def test_changes_of_the_same_line_stand_between_marks(tmp_path: Path) -> None:
    case = Case(tmp_path, {"a": LINES}, {"a": LINES.replace("line 3\n", "theirs\n")})
    write(case.project, {"a": LINES.replace("line 3\n", "ours\n")})

    assert case.merged() == ["a"]
    marked = "<<<<<<< before updating\nours\n=======\ntheirs\n>>>>>>> after updating\n"
    assert case.read("a") == LINES.replace("line 3\n", marked)
    assert "UU project/a" in git(case.project.parent, "status", "--short")
    git(case.project, "checkout", "--ours", "--", "a")
    assert case.read("a") == LINES.replace("line 3\n", "ours\n")


def test_what_you_deleted_stays_deleted_and_what_you_renamed_is_followed(tmp_path: Path) -> None:
    theirs = LINES.replace("line 15", "theirs")
    case = Case(tmp_path, {"a": LINES, "b": LINES + "b"}, {"a": theirs, "b": theirs + "b"})
    (case.project / "a").unlink()
    (case.project / "b").rename(case.project / "mine")

    assert case.merged() == []
    assert case.files() == {ANSWERS, "mine"}
    assert case.read("mine") == theirs + "b"


def test_a_change_of_a_file_that_you_deleted_is_known(tmp_path: Path) -> None:
    old = {"a": LINES, "b": "1\n", "c": "1\n", "uv.lock": "1"}
    new = old | {"a": LINES.replace("line 15", "theirs"), "b": "2\n", "uv.lock": "2"}
    case = Case(tmp_path, old, new)
    for path in old:
        (case.project / path).unlink()
    write(case.project, {"mine": LINES[: len(LINES) // 4]})  # too little of it to be found

    missed = case.missed()

    assert missed.keys() == {"a", "b"}
    assert missed["b"] == "--- a/b\n+++ b/b\n@@ -1 +1 @@\n-1\n+2\n"
    assert case.files() == {ANSWERS, "mine"}


def test_links_stay_and_what_they_hide_is_followed_or_known(tmp_path: Path) -> None:
    theirs = LINES.replace("line 15", "theirs")
    old = {"a": LINES, "b": "1\n", "docs/c": LINES + "c"}
    new = {"a": theirs, "b": "2\n", "docs/c": theirs + "c", "docs/new": "1\n", "d": "1\n"}
    case = Case(tmp_path, old, new)
    for path in old:
        (case.project / path).unlink()
    (case.project / "docs").rmdir()
    write(case.project, {"a-of-mine": LINES, "outside/c": LINES + "c"})
    (case.project / "outside").rename(tmp_path / "outside")
    for path, to in {"a": "a-of-mine", "b": "nowhere", "docs": "../../outside", "d": "a"}.items():
        (case.project / path).symlink_to(to)

    missed = case.missed()

    assert missed.keys() == {"b", "d", "docs/c", "docs/new"}
    assert missed["d"] == "--- /dev/null\n+++ b/d\n@@ -0,0 +1 @@\n+1\n"
    assert case.read("a-of-mine") == theirs
    assert [(tmp_path / "outside" / name).exists() for name in ("c", "new")] == [True, False]
    assert all((case.project / path).is_symlink() for path in ("a", "b", "d", "docs"))


def test_a_file_that_both_renamed_waits_for_a_choice(tmp_path: Path) -> None:
    case = Case(tmp_path, {"a": LINES}, {"theirs": LINES.replace("line 15", "theirs")})
    (case.project / "a").rename(case.project / "mine")

    assert case.merged() == ["a", "mine", "theirs"]
    assert case.read("mine") == case.read("theirs") == LINES.replace("line 15", "theirs")


def test_a_file_that_goes_takes_its_empty_folder_along(tmp_path: Path) -> None:
    case = Case(tmp_path, {"a": "1", "docs/how/b": "1"}, {"a": "1"})

    assert case.prepared().edited_and_gone() == []
    assert case.merged() == []
    assert case.files() == {ANSWERS, "a"}
    assert not (case.project / "docs").exists()


def test_what_was_edited_and_goes_is_known_before(tmp_path: Path) -> None:
    case = Case(tmp_path, {"a": "1", "b": "1", "c": "1"}, {"a": "2"})
    write(case.project, {"a": "3", "b": "2"})

    assert case.prepared().edited_and_gone() == ["b"]


@pytest.mark.parametrize("text", ["1", "2"], ids=["as it was", "edited"])
def test_migrations_never_go(tmp_path: Path, text: str) -> None:
    case = Case(tmp_path, {MIGRATION: "1"}, {})
    write(case.project, {MIGRATION: text})

    assert (case.prepared().edited_and_gone(), case.prepared().migrations) == ([], [MIGRATION])
    assert case.merged() == []
    assert case.read(MIGRATION) == text


DROP = "def upgrade():\n    op.drop_table('x')\n\n\ndef downgrade():\n    op.create_table('x')\n"
MAKE = DROP.replace("drop", "make").replace("create", "drop")


@pytest.mark.parametrize(("mine", "back"), [(DROP, [MIGRATION]), (MAKE, [])], ids=["drop", "make"])
def test_migrations_that_come_back_bring_nothing_when_yours_dropped_it(
    tmp_path: Path, mine: str, back: list[str]
) -> None:
    case = Case(tmp_path, {"a": "1"}, {"a": "1", MIGRATION: "1"})
    write(case.project, {MIGRATION: "1", "migrations/versions/0003_mine.py": mine})

    assert case.prepared().back == back
    assert case.merged() == []


@pytest.mark.parametrize(
    ("new", "yours", "named"),
    [
        ("local/a", "local/a", "local/a"),
        ("local", "local/a", "local"),
        ("local/a/b", "local/a", "local/a"),
    ],
    ids=["a file", "a folder in place of a file", "a file in place of a folder"],
)
def test_files_that_git_does_not_have_are_in_the_way(
    tmp_path: Path, new: str, yours: str, named: str
) -> None:
    case = Case(tmp_path, {".gitignore": "local"}, {".gitignore": "local", new: "1"})
    write(case.project, {yours: "mine"})

    assert case.in_the_way() == [named]


def test_so_are_those_where_a_file_moves_to(moved: Case) -> None:
    write(moved.project, {".gitignore": "chassis/", "src/app/chassis/errors.py": "mine"})

    assert moved.in_the_way() == ["src/app/chassis/errors.py"]


def test_a_file_of_your_own_where_one_moves_to_is_known_before(moved: Case) -> None:
    write(moved.project, {"src/app/chassis/errors.py": "mine"})

    assert moved.prepared().clashing == ["src/app/chassis/errors.py"]


def test_a_folder_that_becomes_a_file_is_not_in_the_way(tmp_path: Path) -> None:
    case = Case(tmp_path, {"a/b": "1", "c": "1"}, {"a": "1", "c/d": "1"})

    assert case.merged() == []
    assert case.files() == {ANSWERS, "a", "c/d"}


def test_the_lock_is_yours_and_the_answers_are_not(tmp_path: Path) -> None:
    case = Case(tmp_path, {"uv.lock": "1"}, {"uv.lock": "2"})
    write(case.project, {"uv.lock": "mine", ANSWERS: "edited by hand\n"})

    assert case.merged() == []
    assert (case.read("uv.lock"), case.read(ANSWERS)) == ("mine", "_commit: new\n")


def test_a_file_stays_executable_and_lines_end_as_they_did(tmp_path: Path) -> None:
    case = Case(tmp_path, {"a": "1\r\n2\r\n3\r\n4\r\n"}, {"a": "1\r\n2\r\n3\r\nnew\r\n"})
    (case.project / ".gitattributes").write_text("* text=auto\n")
    (case.project / "a").write_bytes(b"mine\r\n2\r\n3\r\n4\r\n")
    (case.project / "a").chmod(0o755)
    git(case.project, "config", "core.autocrlf", "false")

    assert case.merged() == []
    assert (case.project / "a").read_bytes() == b"mine\r\n2\r\n3\r\nnew\r\n"
    assert (case.project / "a").stat().st_mode & 0o111


MOVES = """
[paths]
"src/app/errors.py" = "src/app/chassis/errors.py"

[names]
"app.errors.UserNotFound" = "app.users"

[own]
"src/app/errors.py" = "src/app/own.py"
"src/app/config.py" = "src/app/config.py"
"""
ERRORS = '''"""Errors."""


class NotFound(Exception):
    detail = "not here"


class UserNotFound(NotFound):
    pass


RULES: dict[str, int] = {
    "one": 1,
}
'''
CONFIG = '"""Settings."""\n\n\nclass Settings:\n    one: int = 1\n\n    two: int = 2\n'
NEW_CONFIG = (
    '"""Settings."""\n\nfrom .chassis import base\n\n\nclass Settings(base.Base):\n    """All."""\n'
)
OLD = {"src/app/errors.py": ERRORS, "src/app/config.py": CONFIG}
NEW = {
    "src/app/chassis/errors.py": ERRORS.replace(
        "class UserNotFound(NotFound):\n    pass\n\n\n", ""
    ),
    "src/app/users.py": '"""Users."""\n',
    "src/app/config.py": NEW_CONFIG,
    TABLE: MOVES,
}


@pytest.fixture
def moved(tmp_path: Path) -> Case:
    return Case(tmp_path, OLD, NEW)


def test_edits_and_imports_follow_what_moved(moved: Case) -> None:
    imports = '"""Ours."""\n\nfrom .errors import NotFound, UserNotFound\n'
    write(moved.project, {"src/app/ours.py": imports})
    write(moved.project, {"src/app/errors.py": ERRORS.replace("not here", "nowhere")})

    assert moved.merged() == []
    assert "nowhere" in moved.read("src/app/chassis/errors.py")
    assert moved.read("src/app/ours.py") == (
        '"""Ours."""\n\nfrom .chassis.errors import NotFound\nfrom .users import UserNotFound\n'
    )


def test_what_was_added_to_a_file_that_was_split_has_one_of_its_own(moved: Case) -> None:
    added = (
        ERRORS + '\n\nclass Ours(NotFound):\n    """Of ours."""\n\n\nLIMIT = 3\n"""Of them."""\n'
    )
    added = added.replace('    "one": 1,\n', '    "one": 1,\n    "two": LIMIT,\n')
    using = '"""Ours."""\n\nfrom .errors import LIMIT, Ours\n'
    write(moved.project, {"src/app/errors.py": added, "src/app/using.py": using})

    assert moved.merged() == []
    assert moved.read("src/app/own.py") == (
        '"""Moved from `src/app/errors.py`, which the template has split."""\n\n'
        "from .chassis.errors import NotFound\n\n\n"
        'class Ours(NotFound):\n    """Of ours."""\n\n\nLIMIT = 3\n"""Of them."""\n\n\n'
        'RULES: dict[str, int] = {\n    "two": LIMIT,\n}\n'
    )
    assert moved.read("src/app/using.py") == '"""Ours."""\n\nfrom .own import LIMIT, Ours\n'
    assert "Ours" not in moved.read("src/app/chassis/errors.py")


def test_fields_that_were_added_stand_in_the_class_that_is_new(moved: Case) -> None:
    added = CONFIG.replace(
        "    two: int = 2\n", '    two: int = 2\n\n    ours: int = 3\n    """Ours."""\n'
    )
    write(moved.project, {"src/app/config.py": added})

    assert moved.merged() == []
    assert moved.read("src/app/config.py") == f'{NEW_CONFIG}\n    ours: int = 3\n    """Ours."""\n'


def test_a_line_that_was_changed_in_a_file_that_was_split_is_marked(moved: Case) -> None:
    write(moved.project, {"src/app/config.py": CONFIG.replace("one: int = 1", "one: int = 5")})

    assert moved.merged() == ["src/app/config.py"]
    assert "one: int = 5" in moved.read("src/app/config.py")


def test_where_nothing_moved_the_table_is_not_asked(tmp_path: Path) -> None:
    case = Case(tmp_path, NEW, NEW)
    write(case.project, {"src/app/ours.py": "from .errors import  NotFound\n"})

    assert case.merged() == []
    assert case.read("src/app/ours.py") == "from .errors import  NotFound\n"


def test_what_is_no_python_any_more_is_left_as_it_is(moved: Case) -> None:
    broken = "from .errors import (\n"
    write(moved.project, {"src/app/broken.py": broken})

    assert moved.merged() == []
    assert moved.read("src/app/broken.py") == broken

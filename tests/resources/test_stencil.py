"""What `just new` writes is green at the first try, whatever the fields and the variant."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from scripts.resources import Refused
from scripts.resources.naming import check_resource
from tests.resources.commands import Project
from tests.wings.adding import check

pytestmark = pytest.mark.slow

EVERYTHING = """
gadget name:str:unique title:str:index short:str=3:unique note:text
    count:int:min=0:max=10:index number:int:unique big:bigint:index:optional
    code:bigint:unique:min=5 price:decimal:index rate:decimal(3,2):unique:min=0
    share:float:max=1:index weight:float:optional is_new:bool:index
    is_old:bool:default=false born_on:date:unique ends_on:date:optional:index
    starts_at:datetime:index ends_at:datetime:unique token:uuid:unique
    other:uuid:index:optional email:email:unique contact:email:index page:url:unique
    link:url:optional labels:json extra:json:optional kind:enum(one):index
    size:enum=s,m,l:index:default=m level:int:default=3 rank:decimal(5,1):default=0
    slug:str=9:default=none index:int type:str maker:ref(user):cascade
    article:ref(post):optional twin:ref(gadget):optional user:ref:unique
"""
"""Each type, short and long, with each modifier that it takes."""

OWNED = "delivery_note title:str=40 recipient:ref(user):owner:cascade gadget:ref:optional:restrict"
SHORT = "tag name:str=1:index share:float:min=0:max=1 rank:decimal(2,1):unique:min=0"
LONG = f"{'w' * 23}y {'n' * 13}:str:unique {'m' * 24}:ref(user):optional {'x' * 30}:int:index"
"""Names as long as may be: no line of the code gets too long."""

SQLITE = {"preset": "standard"}
OPEN = {"preset": "minimal"}
POSTGRESQL = {"preset": "full", "database_driver": "asyncpg", "pooling_mode": "asyncpg"}


def make(project: Project, *told: str) -> None:
    for words in told:
        project.resources("new", *shlex.split(words.replace("(", r"\(").replace(")", r"\)")))


@pytest.mark.parametrize("project", [SQLITE], ids=["sqlite"], indirect=True)
def test_every_type_passes_all_checks(project: Project) -> None:
    make(project, EVERYTHING, OWNED, LONG)

    few = "gadgets or delivery_notes or www or tables or migrations or rules"
    said = check(project.folder, project.environment, "tests/api", "tests/chassis/yours", "-k", few)

    assert "passed" in said
    assert "skipped" not in said
    assert_no_name_is_free(project.folder)


@pytest.mark.parametrize("project", [POSTGRESQL], ids=["asyncpg"], indirect=True)
def test_so_does_every_type_on_postgresql(project: Project) -> None:
    make(project, EVERYTHING)

    mine = ["tests/api/test_gadgets.py", "tests/chassis/yours/test_migrations.py"]
    assert "passed" in project.python("-m", "pytest", "-q", "-m", "not thorough", *mine)


@pytest.mark.parametrize("project", [OPEN], ids=["none"], indirect=True)
def test_short_fields_are_green_alone_and_again(project: Project) -> None:
    """Their samples differ by construction, not by where the count of another test ended."""
    make(project, SHORT)
    tests = "tests/api/test_tags.py"
    ids = re.findall(
        r"^\S+::\S+", project.python("-m", "pytest", "-q", "--co", tests), re.MULTILINE
    )

    for chosen in (tests, *ids[:: len(ids) // 3]):
        assert "passed" in project.python("-m", "pytest", "-q", chosen)
    assert not list(Path(project.folder, "src/app/api").glob("rules"))


def names_in(path: Path) -> Iterator[str]:
    """What its code imports, and calls its arguments and variables."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.ImportFrom() | ast.Import():
                yield from (alias.asname or alias.name for alias in node.names)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from (argument.arg for argument in node.args.args)
                yield from (n.id for n in ast.walk(node) if is_assigned(n))


def is_assigned(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def assert_no_name_is_free(folder: Path) -> None:
    """Of what the code of a resource imports or calls a variable: one that is called so, too, would
    hide it."""
    paths = [path for path in folder.rglob("*gadget*.py") if "migrations" not in path.parts]
    names = {name for path in paths for name in names_in(path)}
    plain = {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() for name in names}
    own = re.compile("gadget|user|post|_id$|^_|^items$|^lines$")  # the last two are in nobody's way
    assert [name for name in sorted(plain) if not own.search(name) and is_free(name)] == []


def is_free(name: str) -> bool:
    try:
        check_resource(name, f"{name}_list")
    except Refused:
        return False
    return True

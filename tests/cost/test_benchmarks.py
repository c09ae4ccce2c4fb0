"""The benchmarks: what they make of numbers, and one small round on real servers."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import __main__ as command_line
from benchmarks import documents, processes, report
from benchmarks.chart import draw
from benchmarks.data import Size, posts, user_id, users
from benchmarks.errors import MeasurementError
from benchmarks.figures import Figures, Spread, as_json, figures, noise, too_noisy
from benchmarks.instructions import SHORT, tell, total
from benchmarks.load import Load, read_output
from benchmarks.rounds import Slice, rotated
from benchmarks.routes import PREFIX, add_resources
from benchmarks.work import GOALS, WORKS
from tests.environments.union import declared
from tests.rendering.renders import ROOT, Renderer

QUIET = """Running 1s test @ http://127.0.0.1:8000
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    12.93ms    3.02ms  40.01ms   90.00%
    Req/Sec     2.50k   190.00     2.80k    70.00%
  Latency Distribution
     50%  812.00us
     75%   13.60ms
     90%   15.10ms
     99%    1.02s{space}
  2490 requests in 1.10s, 0.95MB read
Requests/sec:   2263.63
Transfer/sec:      0.86MB
""".replace("{space}", " ")
LOUD = QUIET.replace(
    "Requests/sec",
    "  Socket errors: connect 0, read 3, write 0, timeout 1\n"
    "  Non-2xx or 3xx responses: 17\nRequests/sec",
)


def test_the_output_of_wrk_is_read() -> None:
    load = read_output(QUIET, clients=32)

    assert (load.requests, load.seconds, load.unanswered) == (2490, 1.1, 32)
    assert (load.p50, load.p99) == pytest.approx((0.000812, 1.02))
    assert load.trouble == ""


def test_failed_requests_are_told_and_not_counted_in_the_rate() -> None:
    load = read_output(LOUD, clients=32)

    assert "17 of 2490" in load.trouble
    assert "read 3" in load.trouble
    assert load.rate == pytest.approx((2490 - 17) / 1.1)


def test_unknown_output_of_wrk_is_refused() -> None:
    with pytest.raises(MeasurementError, match="something unknown"):
        read_output("unable to connect", clients=32)


def test_the_sum_of_a_profile_is_read() -> None:
    assert total("events: Ir\nfn=(1) main\n1 2\ntotals: 40500000\n") == 40_500_000
    with pytest.raises(MeasurementError, match="no sum"):
        total("events: Ir\n")


def test_instructions_are_told_in_thousands_and_as_multiples_of_the_limit() -> None:
    found = {"limit": dict.fromkeys(SHORT, 100_000), "queue": dict.fromkeys(SHORT, 250_400)}
    assert "| 250 (2.50) |" in tell(found)
    assert "(" not in tell({"queue": found["queue"]})


def one(server: str, cpu: float, work: str = "read", requests: int = 968) -> Slice:
    """`cpu` is in microseconds per request."""
    load = Load(requests, seconds=1.0, p50=0.01, p99=0.1, unanswered=32)
    return Slice(server, work, cpu * (requests + 32) / 1e6, 0.0, load)


def measured(limits: list[float], costs: list[float]) -> Figures:
    pairs = zip(limits, costs, strict=True)
    return figures([[one("limit", limit), one("queue", cost)] for limit, cost in pairs], "limit")


def test_requests_under_way_at_the_end_are_paid_for_too() -> None:
    assert one("queue", 500).cpu == pytest.approx(500)


def test_a_ratio_is_to_the_limit_of_the_same_round() -> None:
    """Which a machine that gets slower between rounds doesn't change."""
    ratio = measured([100, 200, 400], [300, 600, 1200])["queue"]["read"].ratio

    assert (ratio.min, ratio.median, ratio.max) == pytest.approx((3, 3, 3))


@pytest.mark.parametrize(("slowest", "verdict"), [(139, False), (141, True)])
def test_a_machine_on_which_the_limit_varies_is_too_noisy(slowest: float, verdict: bool) -> None:
    spreads = noise(measured([100, 100, slowest], [300, 300, 300]), "limit")

    assert too_noisy(spreads) is verdict
    assert ("too noisy" in report.verdict(spreads)) is verdict


def test_figures_can_be_stored() -> None:
    stored = json.loads(json.dumps(as_json(measured([100], [300]))))

    assert stored["queue"]["read"]["ratio"] == {"median": 3.0, "min": 3.0, "max": 3.0}


def test_slices_of_the_same_are_one() -> None:
    together = Slice.of([one("limit", 100, requests=968), one("limit", 400, requests=1968)])

    assert together.cpu == pytest.approx(300)
    assert together.load.rate == pytest.approx((968 + 1968) / 2)


def test_the_order_rotates() -> None:
    assert [rotated("abc", by) for by in range(4)] == [*map(list, ("abc", "bca", "cab", "abc"))]


@pytest.mark.parametrize(("cost", "verdict"), [(330, "reached"), (331, "**not reached**")])
def test_the_goals_are_judged_by_the_median(cost: float, verdict: str) -> None:
    line = report.goals(measured([100, 100, 100], [cost, 100, 900])).splitlines()[-1]

    assert [cell.strip() for cell in line.split("|")][-2] == verdict


def test_the_report_shows_what_a_server_lacks() -> None:
    found = figures([[one("limit", 1), one("limit", 1, "list"), one("s3rius", 2, "list")]], "limit")

    assert f"| {report.NONE} " in report.by_work(found, ["read", "list"], report.own_ratio)


def test_the_chart_has_bars_and_goals() -> None:
    slices = [one(server, 300, work) for server in ("limit", "queue") for work in WORKS]
    picture = ElementTree.fromstring(draw(figures([slices], "limit")))

    space = "{http://www.w3.org/2000/svg}"
    ticks = [path for path in picture.iter(f"{space}path") if path.get("stroke-width") == "2"]
    legend = 1
    assert len(list(picture.iter(f"{space}rect"))) == legend + len(WORKS)
    assert len(ticks) == len(GOALS["queue"])


def test_a_block_is_replaced_and_the_rest_of_the_page_kept() -> None:
    page = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n"

    assert documents.replace_block(page, "x", r"\1 new") == page.replace("old", r"\1 new")
    with pytest.raises(ValueError, match="y:begin"):
        documents.replace_block(page, "y", "new")


@pytest.mark.parametrize("part", ["bench", "routes", "tables", "startup", "pools"])
def test_every_part_has_its_place_in_the_documentation(part: str) -> None:
    page = documents.POOLING if part == "pools" else documents.PAGE

    assert "new" in documents.replace_block(page.read_text(), part, "new")
    assert part == "bench" or part in command_line.PARTS


def test_one_part_of_the_figures_is_replaced_and_the_others_kept(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    for part, value in (("a", 1), ("b", 1), ("a", 2)):
        documents.save(part, {"value": value}, path)

    assert json.loads(path.read_text()) == {"a": {"value": 2}, "b": {"value": 1}}


def test_a_table_is_aligned() -> None:
    lines = documents.table(["", "work"], [["a long name", "1"]]).splitlines()

    assert len({len(line) for line in lines}) == 1


def test_spread_is_relative_to_the_median() -> None:
    assert Spread.of([90, 100, 130]).relative == pytest.approx(0.4)


def test_the_cpu_of_children_counts_also_after_they_ended() -> None:
    spin = "import time\nwhile time.process_time() < 0.3: pass\n"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spin!r}]); input()"
    with subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE) as process:
        while processes.cpu_seconds(process.pid) < 0.3:
            assert process.poll() is None
        assert processes.resident_bytes(process.pid) > 1_000_000
        process.communicate(b"\n")


def test_rows_are_in_order_of_creation_and_the_same_each_time() -> None:
    size = Size(users=50, posts=2)
    ids = [row[0] for row in (*users(size), *posts(size))]

    assert len(set(ids)) == len(ids) == 150
    assert [user_id(number) for number in range(50)] == sorted(ids)[:50]
    assert {identity.version for identity in ids} == {7}


def test_the_last_resource_of_many_is_found_last(renderer: Renderer, tmp_path: Path) -> None:
    project = renderer.copy(tmp_path / "project", database_driver="asyncpg").folder
    routes = project / "src" / "app" / "api" / "routes"
    add_resources(routes, 3)

    *_, last = sorted(routes.glob("*.py"))
    assert len([path for path in routes.glob("*.py") if PREFIX in path.read_text()]) == 1
    assert 'prefix="/api/v1/last"' in last.read_text()


def test_the_bench_group_has_the_bounds_of_the_services(renderer: Renderer) -> None:
    """Its types are checked against our packages, and its servers run with those of a service."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    render = renderer.render(database_driver="asyncpg")
    service = declared(tomllib.loads(render.read("pyproject.toml")))

    def bound(requirement: str) -> tuple[str, str]:
        name, _, versions = requirement.partition(">=")
        return name.partition("[")[0], versions

    ours, theirs = dict(map(bound, groups["bench"])), dict(map(bound, service))
    assert {name for name in ours if ours[name] != theirs.get(name)} == {"orjson"}


def test_unknown_modes_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command_line.main(["--only", "queue,kew"])
    assert "kew" in capsys.readouterr().err


@pytest.mark.slow
def test_a_small_round_runs(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--only", "asyncpg", "--works", "ping,read,import", "--rounds", "1"]
    arguments += ["--clients", "4"]
    before = documents.PAGE.read_text()

    assert command_line.main(arguments) == 0

    printed = capsys.readouterr().out
    row = next(line for line in printed.splitlines() if "`asyncpg`" in line and "read one" in line)
    assert float(row.split("|")[4]) > 1
    assert documents.PAGE.read_text() == before

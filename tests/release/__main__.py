"""`python -m tests.release X.Y.Z`, or `just release X.Y.Z`.

Tagging and pushing are left to whoever reads what it prints. `--tests COMMAND` replaces `just
test`, for its own tests.
"""

import argparse
import shlex
import sys
from datetime import UTC, datetime

from tests.release.releasing import RefusedError, release
from tests.rendering.renders import ROOT


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.release")
    parser.add_argument("version", help="X.Y.Z")
    parser.add_argument("--tests", default="just test", help="what has to pass (%(default)s)")
    options = parser.parse_args()
    today = datetime.now(tz=UTC).date()
    try:
        version = release(ROOT, options.version, shlex.split(options.tests), today)
    except RefusedError as refused:
        sys.exit(f"No release: {refused}")
    print(f"Next: git tag v{version} && git push origin HEAD v{version}")


if __name__ == "__main__":
    main()

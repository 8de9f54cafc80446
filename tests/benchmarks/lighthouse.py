"""Lighthouse's four scores (mobile) of the pages that people meet first, from a real server over the sample data.

    python -m tests.benchmarks.lighthouse [--lighthouse PATH] [--runs 3] [--json]

Needs Debian's chromium and npm's `lighthouse` (npm install lighthouse), as a command or named by --lighthouse. Each page
is measured several times; of each category the median is printed: performance differs from run to run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from urllib.parse import quote

from hub.accounts.passwords import add_account
from hub.desk import techmap
from hub.index.engine import Engine
from hub.profiles.lookup import find_profile
from tests.browser.conftest import CHROMIUM, FLAGS, share
from tests.conftest import PASSWORD
from tests.serving import Client, Served, sample_hub, serving

MEMBER = "member@hub.example"
OWNER = "세계김치연구소"
RUNS = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def measure(lighthouse: str, address: str, cookie: str | None) -> dict[str, float]:
    """The scores of one run, 0 to 100."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [
            lighthouse, address, "--quiet", "--output=json", f"--output-path={out}", "--max-wait-for-load=60000",
            f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(FLAGS)}",
        ]  # fmt: skip
        if cookie:
            command.append(f"--extra-headers={json.dumps({'Cookie': cookie})}")
        environment = {**os.environ, "CHROME_PATH": CHROMIUM}
        # Now and then it records no trace (NO_NAVSTART) and asks to be run again.
        if subprocess.run(command, check=False, env=environment, timeout=240).returncode:
            subprocess.run(command, check=True, env=environment, timeout=240)
        report = json.loads(out.read_text(encoding="utf-8"))
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"    {category['id']}: {audit['id']} {audit.get('displayValue', '')}")
    return {name: 100 * report["categories"][name]["score"] for name in CATEGORIES}


def run(
    lighthouse: str, server: Served, numbers: tuple[int, int, int], runs: int
) -> dict[str, dict[str, float]]:
    """The median scores of each page.

    :param numbers: of an organisation, of a unit and of a machine of it.
    """
    number, unit, shared = numbers
    client = Client(server.port)
    client.sign_in(MEMBER, PASSWORD)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    pages = {
        "/": None,
        f"/search?q={quote('김치가 과발효로 포장이 부풀어요')}": None,
        "/regions/26": None,
        "/regions/26/network": None,
        "/map": None,
        f"/profiles/{number}": None,
        f"/units/{unit}": None,
        f"/statements/{shared}": None,
        f"/profiles/{number}/statements/new": cookie,
    }
    found = {}
    for path, signed_in in pages.items():
        Client(server.port, client.cookies).get(path)  # afresh: the server ends a connection that rests
        print(path, flush=True)
        measured = [measure(lighthouse, server.base + path, signed_in) for _run in range(runs)]
        found[path] = {name: median(one[name] for one in measured) for name in CATEGORIES}
        print("   ", found[path], flush=True)
    return found


def main() -> None:
    """Sets a hub up, serves it, measures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lighthouse", default="lighthouse")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each page is measured")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if shutil.which(asked.lighthouse) is None:
        sys.exit(
            f"There is no program {asked.lighthouse}: npm install lighthouse, then name it by --lighthouse"
        )
    if not Path(CHROMIUM).exists():
        sys.exit(f"There is no {CHROMIUM}: install Debian's package chromium")
    with sample_hub() as (settings, database):
        with database.writing() as session:
            number = find_profile(session, OWNER).id
            add_account(session, MEMBER, PASSWORD, "member", profile_id=number)
        engine = Engine(settings, database)
        with database.writing() as session:
            unit, shared = share(session, engine.encoder, number)
        techmap.make(engine)
        with serving(settings, workers=2) as server:
            found = run(asked.lighthouse, server, (number, unit, shared), max(1, asked.runs))
    if asked.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()

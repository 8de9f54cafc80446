"""How long a reader waits for the first page of answers, in Chromium from a warm server over the sample data.

    python -m tests.benchmarks.first_page [--queries 60]

Each query is asked once, by opening its address in a new page of a browser that has the site's files; what is measured is
the time from the click to the page with its answers drawn. Beside it stands the same browser opening a page of the same
server that looks nothing up (the sign-in form), so that the machine's own pace can be told from ours.
"""

from __future__ import annotations

import argparse
from math import isnan
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from hub.measure.quality import read_needs
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.serving import sample_hub, serving

NEEDS = Path(__file__).with_name("needs-train.jsonl")
ASKED = 60
# Asked of the browser as a whole: a page of ours lets nothing be evaluated bit by bit while one waits.
DRAWN = """() => new Promise(done => {
  const navigation = performance.getEntriesByType("navigation")[0];
  setTimeout(() => done(NaN), 15000);
  new PerformanceObserver(list => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) done(Math.max(navigation.domContentLoadedEventEnd, paint.startTime));
  }).observe({type: "paint", buffered: true});
})"""


def milliseconds(page: Page, address: str, shows: str) -> float:
    """From the start of the navigation until the page is there and painted."""
    page.goto(address)
    page.locator(shows).first.wait_for()
    taken = float(page.evaluate(DRAWN))
    assert not isnan(taken), f"{address} was never painted"
    return taken


def main() -> None:
    """Sets a hub up, serves it, measures."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--queries", type=int, default=ASKED, help="how many are asked, 2 or more")
    asked = max(2, parser.parse_args().queries)
    needs = read_needs(NEEDS)
    queries = [need.text for need in needs[:: max(1, len(needs) // asked)]][:asked]
    with (
        sample_hub() as (settings, _database),
        serving(settings, workers=2) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(base_url=server.base)
        milliseconds(page, "/search?q=warm", "#results")
        found = [milliseconds(page, f"/search?q={quote(query)}", ".result, .empty") for query in queries]
        plain = [milliseconds(page, "/sign-in", "#email") for _query in queries]
        browser.close()
    for name, times in (("first page of answers", found), ("a page that looks nothing up", plain)):
        print(f"{name}: p50 {median(times):.0f} ms, p95 {quantiles(times, n=20)[-1]:.0f} ms, n {len(times)}")
    print(f"ratio of the medians {median(found) / median(plain):.2f}")


if __name__ == "__main__":
    main()

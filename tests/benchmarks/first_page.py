"""How long a reader waits for the first page of answers, in Chromium from a warm server over the sample data.

    python -m tests.benchmarks.first_page

Each query is asked once, by opening its address in a new page of a browser that has the site's files; what is measured is
the time from the click to the page with its answers drawn. Beside it stands the same browser opening a page of the same
server that looks nothing up (the sign-in form), so that the machine's own pace can be told from ours.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.serving import sample_hub, serving

NEEDS = Path(__file__).with_name("needs-train.jsonl")
ASKED = 60
DRAWN = """() => {
  const navigation = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return Math.max(navigation.domContentLoadedEventEnd, paint ? paint.startTime : 0);
}"""


def milliseconds(page: Page, address: str, shows: str) -> float:
    """From the start of the navigation until the page is there and painted."""
    page.goto(address)
    page.locator(shows).first.wait_for()
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    return float(page.evaluate(DRAWN))


def main() -> None:
    """Sets a hub up, serves it, measures."""
    lines = NEEDS.read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line)["need"] for line in lines[:: max(1, len(lines) // ASKED)]][:ASKED]
    with (
        sample_hub() as (settings, _database),
        serving(settings, workers=2) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(base_url=server.base)
        milliseconds(page, "/search?q=warm", "#results")
        found = [milliseconds(page, f"/search?q={quote(query)}", ".result") for query in queries]
        plain = [milliseconds(page, "/sign-in", "#email") for _query in queries]
        browser.close()
    for name, times in (("first page of answers", found), ("a page that looks nothing up", plain)):
        print(f"{name}: p50 {median(times):.0f} ms, p95 {quantiles(times, n=20)[-1]:.0f} ms, n {len(times)}")
    print(f"ratio of the medians {median(found) / median(plain):.2f}")


if __name__ == "__main__":
    main()

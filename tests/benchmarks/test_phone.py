"""A page's figures on the slow phone, and what's a miss."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from benchmarks import phone
from benchmarks.phone import Figures, line, measured, missed

GOOD = Figures(weight=30 * 1024, lcp=1300, shift=0.004, inp=56)
SLOW = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<main><h1>Slow</h1><p id="late"></p><p>moves</p>
<details><summary>More</summary>text</details></main>
<script>
const shift = () => { document.getElementById("late").style.height = "300px"; };
new PerformanceObserver(() => setTimeout(shift, 100)).observe({ type: "paint", buffered: true });
document.querySelector("summary").addEventListener("click", () => {
  const until = performance.now() + 150;
  while (performance.now() < until);
});
</script>"""


def test_targets_may_be_reached_exactly():
    assert missed("first page", GOOD) == set()


def test_a_result_and_a_session_may_be_heavier():
    heavy = Figures(40 * 1024, 1300, 0, 16)

    assert missed("result", heavy) == missed("session", heavy) == set()
    assert missed("first page", heavy) == {"weight"}


def test_misses_stand_out_in_the_table():
    assert (
        line("first page", Figures(9770, 1301, 0.0061, 64))
        == "| First page | 9,770 | **1,301 ms** | **0.006** | **64 ms** |"
    )


def test_medians_of_the_rounds(monkeypatch):
    rounds = iter([Figures(1, 10, 0, 16), Figures(3, 30, 0.2, 80), Figures(2, 20, 0, 24)])
    monkeypatch.setattr(phone, "ROUNDS", 3)
    monkeypatch.setattr(phone, "measured", lambda browser, url: next(rounds))

    assert phone.page(None, "/") == Figures(2, 20, 0, 24)


@pytest.mark.browser
def test_a_real_page_is_measured(browser, tmp_path):
    (tmp_path / "index.html").write_text(SLOW)
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        figures = measured(browser, f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()

    assert figures.weight > len(SLOW)
    assert figures.lcp > 400  # the network's latency alone
    assert figures.shift > 0.005
    assert figures.inp >= 150

"""Articles on another site: pages that a test writes, served from the loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Frame, Locator, Page, expect

from assessments.models import Practice
from runfit.lib import caching

PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>Why are my hips tight?</title>{head}<body style="margin: 0; {style}">
<h1>Why are my hips tight?</h1><p id="before" style="height: {before}px">Words.</p>
{code}<p id="after">More words.</p></body></html>"""


class Blog:
    """`pages` are bodies and headers by path. `listed` is how a browser and the PT write the site."""

    def __init__(self, port: int) -> None:
        self.site = f"127.0.0.1:{port}"
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}

    def article(
        self, code: str, *, before: int = 0, style: str = "", head: str = "", **headers: str
    ) -> str:
        """The address of a new article with this code."""
        path = f"/article-{len(self.pages)}/"
        page = PAGE.format(code=code, before=before, style=style, head=head)
        self.pages[path] = page, headers
        return f"http://{self.site}{path}"


@contextmanager
def blog_served() -> Iterator[Blog]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page, headers = blog.pages.get(self.path.partition("?")[0], ("", {}))
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            """Not in the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    blog = Blog(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield blog
    server.shutdown()
    thread.join()
    server.server_close()


def sites_listed(*sites: str) -> None:
    """Lists the sites that may show a self-check, and no others."""
    practice = Practice.get_solo()
    practice.embed_sites = "\n".join(sites)
    practice.save()
    caching.clear()


def link(page: Page, at: int = 0) -> Locator:
    """The link of the code in an article."""
    return page.locator("a[data-runfit]").nth(at)


def shown(page: Page, at: int = 0) -> Frame:
    """The self-check in the article, once it's there in place of its link."""
    expect(link(page, at)).to_be_hidden()
    frame = page.locator("iframe").nth(at).element_handle().content_frame()
    assert frame
    return frame

"""Test middleware: the first script of every page notes what goes wrong on it, and hurries its clock.

Neither engine reports all errors and CSP violations over its protocol.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tests.e2e.walk import HURRY

ADDRESS = "/watch.js"
SCRIPT = f"""
{HURRY}
const note = (fault) => {{
  const known = JSON.parse(sessionStorage.getItem("faults") ?? "[]");
  sessionStorage.setItem("faults", JSON.stringify([...known, `${{location.pathname}}: ${{fault}}`]));
}};
for (const kind of ["error", "warn"]) {{
  const log = console[kind];
  console[kind] = (...words) => {{ note(words.join(" ")); log(...words); }};
}}
addEventListener("error", (event) => note(event.message ?? `cannot load ${{event.target.outerHTML}}`), true);
addEventListener("unhandledrejection", (event) => note(event.reason));
addEventListener("securitypolicyviolation", (event) => note(`CSP ${{event.violatedDirective}} ${{event.blockedURI}}`));
"""
FAULTS = 'JSON.parse(sessionStorage.getItem("faults") ?? "[]")'


def watch_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS:
            return HttpResponse(SCRIPT, content_type="text/javascript")
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            watched = b'<head><script src="%s"></script>' % ADDRESS.encode()
            response.content = response.content.replace(b"<head>", watched, 1)
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response

    return middleware

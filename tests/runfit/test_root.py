"""Files at the root of the site: favicon and robots.txt."""

from urllib.robotparser import RobotFileParser


def read(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "max-age=86400, public"
    return response, b"".join(response)


def test_favicon_is_an_icon(client):
    response, content = read(client, "/favicon.ico")

    assert response["Content-Type"] == "image/x-icon"
    assert content.startswith(b"\0\0\1\0")
    assert len(content) < 4096


def test_robots_txt_excludes_personal_pages(client):
    response, content = read(client, "/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    robots = RobotFileParser()
    robots.parse(content.decode().splitlines())

    allowed = {
        path: robots.can_fetch("Googlebot", path)
        for path in (
            "/",
            "/check/tight-hips/",
            "/check/tight-hips/results/mobility_first/",
            "/privacy/",
            "/static/runfit/runfit.css",
            "/result/x/",
            "/guide/1.x/",
            "/preferences/x/",
            "/unsubscribe/x/",
            "/admin/",
        )
    }

    assert [path for path, may in allowed.items() if may] == [
        "/",
        "/check/tight-hips/",
        "/check/tight-hips/results/mobility_first/",
        "/privacy/",
        "/static/runfit/runfit.css",
    ]

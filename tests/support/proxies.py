"""The proxies of docs/proxies, on a free port of the loopback: the command that starts each."""

from pathlib import Path

PROXIES = Path(__file__).resolve().parents[2] / "docs" / "proxies"


def nginx(port: int, web: int, folder: Path) -> list[str]:
    server = (PROXIES / "nginx.conf").read_text()
    server = server.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    server = server.replace("/var/log/nginx", str(folder))
    lines = [line for line in server.splitlines() if "ssl_certificate" not in line]
    temporary = "\n".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
        f"http {{ {temporary}\n" + "\n".join(lines) + "\n}\n"
    )
    _point_at(config, web)
    return ["nginx", "-e", f"{folder}/errors", "-c", str(config)]


def haproxy(port: int, web: int, folder: Path) -> list[str]:
    config = folder / "haproxy.cfg"
    text = (PROXIES / "haproxy.cfg").read_text()
    config.write_text(
        text.replace(
            "bind :443 ssl crt /etc/haproxy/runfit.example.org.pem", f"bind 127.0.0.1:{port}"
        )
    )
    _point_at(config, web)
    return ["haproxy", "-db", "-f", str(config)]


def caddy(port: int, web: int, folder: Path) -> list[str]:
    config = folder / "Caddyfile"
    text = (PROXIES / "Caddyfile").read_text()
    site = text.replace(
        "{$SITE_URL:https://runfit.example.org}", f"http://runfit.example.org:{port}"
    ).replace("lb_try_duration 30s", "lb_try_duration 1s")
    config.write_text(site.replace("{\n", f"{{\n\tadmin off\n\tstorage file_system {folder}\n", 1))
    _point_at(config, web)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]


def _point_at(config: Path, web: int) -> None:
    text = config.read_text()
    assert "127.0.0.1:8000" in text
    config.write_text(text.replace("127.0.0.1:8000", f"127.0.0.1:{web}"))

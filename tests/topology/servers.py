"""What stands around RunFit's own processes: PostgreSQL's standby, and the proxy."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import trustme

from tests.faults.servers import Cluster
from tests.support.ports import listens
from tests.support.processes import Process, wait_for
from tests.support.proxies import PROXIES

DATABASE = "runfit"
CADDY = Path(sys.executable).parent / "caddy"
"""Compose's, not Debian's, which is older."""


class Standby(Cluster):
    """Follows another cluster until it's promoted."""

    def follow(self, primary: Cluster) -> None:
        source = ("--host", "127.0.0.1", "--port", str(primary.port), "--username", "runfit")
        self._run("pg_basebackup", *source, "--write-recovery-conf", "--checkpoint", "fast")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"port = {self.port}\n")
        self._ctl("start")

    def start_again(self) -> None:
        self._ctl("start")

    def promote(self) -> None:
        self._ctl("promote")

    def pause(self) -> None:
        self.ask("SELECT pg_wal_replay_pause()")

    def resume(self) -> None:
        self.ask("SELECT pg_wal_replay_resume()")

    def was_asked_for(self, table: str) -> bool:
        [(number,)] = self.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE %s",
            f"%{table}%",
        )
        return bool(number)

    def ask(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="runfit", dbname=DATABASE
        )
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall()


class Proxy:
    """Caddy with docs/proxies/Caddyfile, and a certificate of our own."""

    def __init__(self, folder: Path, port: int, webs: Sequence[int], media: Path) -> None:
        self.folder, self.port = folder, port
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "authority.pem")
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
            folder / "site.pem"
        )
        self.environ = {
            "SITE_URL": f"https://localhost:{port}",
            "WEB": " ".join(f"127.0.0.1:{web}" for web in webs),
            "MEDIA": str(media),
            "BUFFERS": "request_buffers 1MB",
        }
        text = (PROXIES / "Caddyfile").read_text()
        own = "admin off\n\tauto_https disable_redirects\n\tskip_install_trust"
        text = text.replace("{\n", f"{{\n\t{own}\n\tstorage file_system {folder}\n", 1)
        (folder / "Caddyfile").write_text(
            text.replace("\tlog\n\n", f"\tlog\n\ttls {folder}/site.pem {folder}/site.pem\n\n", 1)
        )

    def start(self) -> None:
        command = [CADDY, "run", "--adapter", "caddyfile", "--config", self.folder / "Caddyfile"]
        Process(command, self.folder / "caddy.log", environ=self.environ)
        wait_for(lambda: listens(self.port), "Caddy")

"""The commands of docs/server.md, here, and then in another place."""

import re
import shlex

import pytest
from django.core.management import call_command

from tests.guides.backups.conftest import ROOT

SECTION = re.compile(r"## Back up and restore\n(.*?)\n## ", re.DOTALL)
OWN = ".venv/bin/python manage.py "
ELSEWHERE = ["prepare"]  # tests/guides/management/test_prepare.py

pytestmark = pytest.mark.django_db(transaction=True)


def commands(backups):
    """Their words, with the archive that's there."""
    (section,) = SECTION.findall((ROOT / "docs" / "server.md").read_text(encoding="utf-8"))
    for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL):
        for line in filter(lambda line: line.startswith(OWN), block.splitlines()):
            archive = next(iter(backups.glob("runfit-*")), backups)
            own = line.replace("/var/backups/runfit/runfit-….tar.gz", str(archive))
            yield shlex.split(own.removeprefix(OWN).replace("/var/backups/runfit", str(backups)))


def test_the_commands_in_the_docs_work_as_they_stand(backups, empty_place, capsys):
    said = []
    for words in commands(backups):
        if len(said) < 2:
            call_command(*words)
            said.append(capsys.readouterr().out)
        elif words != ELSEWHERE:
            run = empty_place.run(*words)
            assert run.returncode == 0, (words, run.stderr)
            said.append(run.stdout)

    made, checked, restored, released = said
    assert " rows in " in made
    assert "all as they were" in checked
    assert restored.startswith("Restored as of")
    assert released == "Mail goes out again.\n"

"""Shows that each safeguard is tested: without it, a test fails (`bin/faults --guards`)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.faults.guard import Guard
from tests.faults.security_guards import SECURITY_GUARDS

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "assessments", "content", "docs", "guides", "runfit", "templates", "tests",
    "manage.py", "pyproject.toml",
)  # fmt: skip

DISPATCH = "guides/delivery/dispatch.py"
DELIVERY_GUARDS = (
    Guard(
        "Lease of a claim",
        "a mail in one worker's hands is nobody else's",
        "guides/states.py",
        (("LEASE = timedelta(seconds=120)", "LEASE = timedelta(seconds=0)"),),
        "tests/guides/delivery/test_dispatch.py::test_claimed_row_cannot_be_claimed_again",
    ),
    Guard(
        "End of the lease",
        "a mail whose worker is gone is taken up by another",
        "guides/selectors/deliveries.py",
        (
            (
                "    return Q(state=State.SENDING, lease_until__lte=moment)\n",
                "    return Q(state=State.SENDING, lease_until__lte=moment, attempts=-1)\n",
            ),
        ),
        "tests/guides/delivery/test_dispatch.py::test_row_with_expired_lease_is_claimed_again",
    ),
    Guard(
        "Lease renewal",
        "a hand-over starts only if the row was not cancelled, erased or taken over",
        DISPATCH,
        (
            (
                "    if lasts and is_current(delivery.pk, known=known):\n        return True\n",
                "    if lasts:\n        return True\n",
            ),
        ),
        "tests/guides/delivery/test_dispatch.py::test_canceled_delivery_is_not_sent",
    ),
    Guard(
        "Compare-and-swap of the claim",
        "workers that look at once claim a row once",
        DISPATCH,
        (
            (
                "seen = {name: getattr(delivery, name) for name in CLAIM_COMPARES}",
                "seen: dict[str, object] = {}",
            ),
        ),
        "tests/guides/delivery/test_dispatch.py::test_row_read_by_two_workers_is_claimed_by_one",
    ),
    Guard(
        "Settle only what is mine",
        "who lost the row while handing over changes nothing",
        DISPATCH,
        (
            (
                "transition(delivery.pk, known=_own_lease(delivery), new=settled)",
                "transition(delivery.pk, known={}, new=settled)",
            ),
        ),
        "tests/guides/delivery/test_dispatch.py::test_worker_that_loses_row_during_hand_over_does_not_settle",
    ),
    Guard(
        "Strikes",
        "a mail that kills its worker is given up at the fifth",
        DISPATCH,
        (
            (
                "if delivery.strikes >= POISON_STRIKES:\n            _settle",
                "if False:\n            _settle",
            ),
        ),
        "tests/guides/delivery/test_dispatch.py::test_email_that_kills_its_worker_fails_after_fifth_attempt",
    ),
    Guard(
        "Dedupe key",
        "the same request is one row, whatever else goes wrong",
        "guides/migrations/0001_squashed_0042_untranslated.py",
        (
            (
                "('dedupe_key', models.CharField(editable=False, max_length=200, unique=True))",
                "('dedupe_key', models.CharField(editable=False, max_length=200))",
            ),
        ),
        "tests/guides/delivery/test_outbox.py::test_existing_dedupe_key_stores_no_second_row",
    ),
    Guard(
        "Hint key deleted before the first claim",
        "a request during a drain's last look wakes another",
        "guides/delivery/worker.py",
        (
            ("    outbox.hint_clear()\n", ""),
            (
                "    more = _more_is_due()\n",
                "    outbox.hint_clear()\n    more = _more_is_due()\n",
            ),
        ),
        "tests/guides/delivery/test_outbox.py::test_request_during_last_query_of_a_drain_sends_hint",
    ),
)
GUARDS = (*DELIVERY_GUARDS, *SECURITY_GUARDS)


def show(folder: Path, environ: dict[str, str]) -> int:
    """Print which test fails without which guard. Returns 0 only if every removal is noticed."""
    copy = folder / "guards"
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, copy / name, ignore=ignored)
        else:
            shutil.copy2(ROOT / name, copy / name)
    whole = run([guard.test for guard in GUARDS], copy, environ)
    print(f"With every guard: {'all of these tests pass' if whole else 'TESTS FAIL ALREADY'}.\n")
    print("| Guard | What it is for | Fails without it | Shown |\n|---|---|---|---|", flush=True)
    missed = sum(not is_missed(guard, copy, environ) for guard in GUARDS)
    failed = missed > 0 or not whole
    print(
        f"\n{'FAILED' if failed else 'OK'}: {len(GUARDS) - missed} of {len(GUARDS)} guards are missed by a test"
    )
    return 1 if failed else 0


def is_missed(guard: Guard, copy: Path, environ: dict[str, str]) -> bool:
    source = (copy / guard.file).read_text()
    (copy / guard.file).write_text(guard.removed_from(source))
    try:
        missed = not run([guard.test], copy, environ)
    finally:
        (copy / guard.file).write_text(source)
    test = guard.test.rpartition("::")[2]
    print(
        f"| {guard.name} | {guard.what_for} | `{test}` | {'yes' if missed else 'NO'} |", flush=True
    )
    return missed


def run(tests: list[str], copy: Path, environ: dict[str, str]) -> bool:
    """Whether the tests pass in the copy. Raises for anything but pass or fail."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    ended = subprocess.run(
        [*pytest, *tests],
        cwd=copy,
        env={
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            **environ,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if ended.returncode not in {0, 1}:
        raise RuntimeError(ended.stdout[-2000:] + ended.stderr[-2000:])
    return ended.returncode == 0

from datetime import UTC, date, datetime

from assessments.runner.retest.calendar import calendar_file


def test_calendar_file_escapes_and_folds():
    content = calendar_file(
        uid="one@runfit",
        day=date(2026, 12, 14),
        now=datetime(2026, 11, 30, 3, 4, 5, tzinfo=UTC),
        title="Check; again, now",
        text="Cadera\\tensa\n" + "ñ" * 60,
        url="https://example.org/?retest=1.abc",
    )

    lines = content.split(b"\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(map(len, lines)) <= 75
    unfolded = content.decode().replace("\r\n ", "").split("\r\n")
    assert unfolded[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//RunFit//Retake the check//EN",
        "BEGIN:VEVENT",
        "UID:one@runfit",
    ]
    assert "DTSTAMP:20261130T030405Z" in unfolded
    assert "DTSTART;VALUE=DATE:20261214" in unfolded
    assert "SUMMARY:Check\\; again\\, now" in unfolded
    assert f"DESCRIPTION:Cadera\\\\tensa\\n{'ñ' * 60}" in unfolded

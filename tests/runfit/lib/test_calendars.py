from datetime import UTC, date, datetime

from runfit.lib.calendars import calendar_file


def test_calendar_file_escapes_and_folds():
    event = {
        "uid": "one@runfit",
        "dtstart": date(2026, 12, 14),
        "summary": "Check; again, now",
        "description": "Cadera\\tensa\n" + "ñ" * 60,
    }

    content = calendar_file("Training", [event], now=datetime(2026, 11, 30, 3, 4, 5, tzinfo=UTC))

    lines = content.split(b"\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(map(len, lines)) <= 75
    unfolded = content.decode().replace("\r\n ", "").split("\r\n")
    assert unfolded[0] == "BEGIN:VCALENDAR"
    assert [
        line
        for line in (
            "VERSION:2.0",
            "PRODID:-//RunFit//Training//EN",
            "UID:one@runfit",
            "DTSTAMP:20261130T030405Z",
            "DTSTART;VALUE=DATE:20261214",
            "SUMMARY:Check\\; again\\, now",
            f"DESCRIPTION:Cadera\\\\tensa\\n{'ñ' * 60}",
        )
        if line not in unfolded
    ] == []

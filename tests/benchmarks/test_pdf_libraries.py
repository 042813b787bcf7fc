from benchmarks.rows.pdf_libraries import blocks


def test_other_libraries_get_all_texts_and_drawings_in_order():
    data = {
        "language": {"lang": "en"},
        "title": "Strong hips",
        "notices": [[{"kind": "par", "items": [[span("Go "), span("slow.")], [span("Rest.")]]}]],
        "exercises": [
            {"id": "a1", "name": "Bridge", "steps": ["strong", "Lift."], "picture_name": "image-1"},
            {"id": "a2", "name": "March", "steps": [], "picture_name": None},
        ],
        "secret": None,
    }

    assert [*blocks(data)] == [
        ("heading", "Strong hips"),
        ("text", "Go slow."),
        ("text", "Rest."),
        ("heading", "Bridge"),
        ("text", "strong"),
        ("text", "Lift."),
        ("picture", "image-1.svg"),
        ("heading", "March"),
    ]


def span(text: str) -> dict[str, object]:
    return {"text": text, "strong": False, "emph": False, "url": ""}

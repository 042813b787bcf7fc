from benchmarks.cost.start import line


def test_ratio_is_of_the_rounds_cpu_time():
    here, beside = [(6.0, 9.0), (8.0, 20.0), (7.0, 8.0)], [(12.0, 14.0), (20.0, 30.0), (10.0, 15.0)]

    assert line("first", here, beside) == (
        "| first | 7.0 s of CPU, 9.0 s | 12.0 s of CPU, 15.0 s | **0.50** | 0.40 to 0.70 |"
    )

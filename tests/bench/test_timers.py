"""The bench of the timers runs on today's model, and every step that comes due is done once."""

from bench import timers


async def test_a_small_run_does_every_step_once_and_tells_how_late() -> None:
    plan = timers.Plan(few=50, many=150, rates=(20,), seconds=1, burst=40)

    result = await timers.run(plan)
    timers.show(result)

    for size, open_orders in (("few", 50), ("many", 150)):
        assert result[size]["open_orders"] >= open_orders
        for scenario, steps in (("quiet_burst", 40), ("loaded_20_per_second", 20), ("loaded_burst", 40)):
            row = result[size][scenario]
            assert row["steps"] == row["stepped"] == steps
            assert row["announced_twice"] == 0
            assert row["decided_late_seconds"]["p50"] >= 0

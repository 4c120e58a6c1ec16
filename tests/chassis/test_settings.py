"""Settings come from the environment, typed, and every problem is named at once."""

import pytest

from services.chassis.settings import Secret, ServiceSettings, SettingsError, address, read, unknown

GOOD = {
    "HUYING_LISTEN": "127.0.0.1:4001",
    "HUYING_MONGO_URL": "mongodb://user:hunter2@db/",
    "HUYING_NATS_URL": "nats://broker:4222",
}


def test_defaults_fill_what_is_not_set() -> None:
    settings = read(ServiceSettings, GOOD)

    assert settings.mongo_driver == "motor"
    assert settings.mongo_url == Secret("mongodb://user:hunter2@db/")


def test_every_problem_is_in_one_message() -> None:
    with pytest.raises(SettingsError) as wrong:
        read(ServiceSettings, {"HUYING_LISTEN": "x:1", "HUYING_MONGO_DRIVER": "oracle", "HUYING_NATS_REPLICAS": "many"})

    message = str(wrong.value)
    assert "HUYING_MONGO_URL is not set" in message
    assert "HUYING_NATS_URL is not set" in message
    assert "HUYING_MONGO_DRIVER='oracle'" in message
    assert "HUYING_NATS_REPLICAS='many'" in message


def test_a_secret_is_not_printed() -> None:
    assert "hunter2" not in repr(read(ServiceSettings, GOOD))


def test_a_variable_nobody_reads_is_reported() -> None:
    assert unknown(ServiceSettings, {**GOOD, "HUYING_MONGO_URI": "…"}) == ["HUYING_MONGO_URI"]


def test_an_address_needs_host_and_port() -> None:
    assert address("0.0.0.0:4001") == ("0.0.0.0", 4001)
    assert address(":4001") == ("0.0.0.0", 4001)
    assert address("[::1]:4001") == ("::1", 4001)
    with pytest.raises(SettingsError):
        address("4001")

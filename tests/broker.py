"""What tests need of the broker besides a connection."""

from nats.aio.client import Client


async def subscribed(client: Client) -> None:
    """Wait until the broker has all subscriptions of `client`. Twice, because its ping overtakes what is queued; the second is written
    after the first was answered, and by then the queue is empty."""
    await client.flush()
    await client.flush()

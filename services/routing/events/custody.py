"""Events of chains of custody. Posts only: nothing of whom or what is handed over."""

from services.chassis.events import EventData


class CustodyBegun(EventData, frozen=True, kw_only=True):
    type = "huying.routing.custody.begun.v1"
    custody_id: str
    subject: str
    holder_post: str
    area_path: list[str]


class CustodyOffered(EventData, frozen=True, kw_only=True):
    type = "huying.routing.custody.offered.v1"
    custody_id: str
    from_post: str
    to_post: str


class CustodyHandedOver(EventData, frozen=True, kw_only=True):
    type = "huying.routing.custody.handed_over.v1"
    custody_id: str
    from_post: str
    to_post: str


class CustodyOfferEnded(EventData, frozen=True, kw_only=True):
    """It stays where it is: the offer was refused, or taken back (`withdrawn`)."""

    type = "huying.routing.custody.offer_ended.v1"
    custody_id: str
    holder_post: str
    withdrawn: bool


class CustodyOfferUnanswered(EventData, frozen=True, kw_only=True):
    """Somebody waits at the door: the offer has been open too long."""

    type = "huying.routing.custody.offer_unanswered.v1"
    custody_id: str
    from_post: str
    to_post: str


class CustodyClosed(EventData, frozen=True, kw_only=True):
    type = "huying.routing.custody.closed.v1"
    custody_id: str
    holder_post: str
    hand_overs: int


class CustodySucceeded(EventData, frozen=True, kw_only=True):
    """A post that held it, or that it was offered to, is gone; another stands in its place. Nobody signed: the post itself changed."""

    type = "huying.routing.custody.succeeded.v1"
    custody_id: str
    old_post: str
    post: str
    reason: str

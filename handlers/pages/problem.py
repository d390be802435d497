"""What can be wrong with a decision that somebody posts, as its page says it."""

from enum import Enum

from handlers.sharing.model.checks import LONGEST_COMMENT


class Problem(Enum):
    """Why a posted form is shown again, with its HTTP status and the field that it is about."""

    MALFORMED_ADDRESS = (
        400,
        "email",
        "Please type your whole email address, in the form name@example.org.",
    )
    COMMENT_TOO_LONG = (
        400,
        "comment",
        f"The comment is too long. Please keep it to {LONGEST_COMMENT:,} characters.",
    )
    MALFORMED_DAY = (
        400,
        "until",
        "Please write the last day as year, month and day, such as 2027-03-31, or leave it empty.",
    )
    DAY_PASSED = (
        400,
        "until",
        "That day is over. Please choose today or a later day, or leave it empty.",
    )
    DAY_TOO_LATE = (
        400,
        "until",
        "That day is too late: an approval can shorten the access, and never make it longer than was asked for.",
    )
    WRONG_ADDRESS = (
        403,
        "email",
        "This request was not mailed to that address. Please type the address that the mail came to; it may be that "
        "of a mailing list. If somebody forwarded the mail to you, ask them to decide.",
    )
    TOO_MANY_TRIES = (
        429,
        "email",
        "Too many wrong addresses were typed for this request, so this decision was not taken. Please look up the "
        "address that the mail came to, and try again in an hour.",
    )
    TRY_AGAIN = (
        503,
        None,
        "The decision could not be recorded just now. Nothing is lost: please wait a minute, then type your address "
        "and send it again.",
    )

    NOT_KNOWN = (
        503,
        None,
        "It is not known whether your decision was taken. Nothing is lost: please wait a minute, then type your "
        "address and send it again. The first decision that arrives counts, and the page will say which it is.",
    )

    def __init__(self, status: int, field: str | None, text: str) -> None:
        self.status = status
        self.field = field
        self.text = text

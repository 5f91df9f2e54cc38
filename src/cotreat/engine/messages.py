"""What a database said, in one line, and never with a password in it."""

import re
from urllib.parse import unquote

_PRIVATE = "password|passwort|passwd|sslpassword|token|secret"
_WITHHELD = (
    "what it said is not repeated, because it holds a part of a password. Within a name or a password a sign "
    "such as @, :, /, % or a blank is written in the URL with % and its code: %40 for @"
)
_SHORTEST = 3  # a shorter piece of a password stands by chance in many a message


def compute_first_line(error: BaseException) -> str:
    """The first line of what a database said, without an empty one before it."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def compute_without_secrets(text: str, url: str) -> str:
    """The text as it is, or a note in its place when it holds a piece of the URL's password.

    A database that cannot read a URL repeats what it took for the host, the port or a
    parameter, which may be half a password; so any piece of it counts.

    Parameters
    ----------
    text
        What a database said.
    url
        The URL that it was given.
    """
    pieces = {piece for secret in _secrets(url) for piece in re.split(r"[^\w]+", secret)}
    is_told = any(piece in text for piece in pieces if len(piece) >= _SHORTEST)
    return _WITHHELD if is_told else text


def compute_masked(text: str) -> str:
    """The text with three stars for every password in a URL."""
    masked = re.sub(r"(\w+:/{1,2})([^\s/:@'\"]*):[^\s'\"]*@", r"\1\2:***@", text)
    return re.sub(rf"(?i)\b({_PRIVATE})=[^\s;&'\"]+", r"\1=***", masked)


def _secrets(url: str) -> list[str]:
    """Passwords and tokens of a URL, as written and as meant."""
    user, is_given, _ = url.partition("://")[2].rpartition("@")
    # Up to the last @: one that belongs to the password ought to be written as %40.
    found = [user.partition(":")[2]] if is_given else []
    found += re.findall(rf"(?i)[;?&](?:{_PRIVATE})=([^;&]+)", url)
    return [form for secret in found for form in (secret, unquote(secret))]

"""Bad links and forms at `/workflow/update-state`: none decides anything, and the mail's own link works after them."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urlencode

from tests.proof.bad_input.case import Case, Door, Http

PATH = "/workflow/update-state"
LINK = "action=approve&request={request}&key={key}"
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
GUESS = urlencode({"email": "mallory@evil.example"}).encode()
RIGHT = urlencode({"email": "olga.marin@example.org"}).encode()

PARTS = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nolga.marin@example.org\r\n--b--'

ACTION = "must say action=approve or action=deny"
NAMED = "must name a request and a key"
NO_LINK = "This link does not work"
ADDRESS = "type your whole email address"
FORM_UNREAD = "The form could not be read"
NO_DAY = "write the last day as year, month and day"
NOT_MAILED = "This request was not mailed to that address"


def case(name: str, expected: str, words: str = "", *, hidden: tuple[str, ...] = (), **http: object) -> Case:
    """A call of the route; every answer to it says `words` to a person."""
    given = Http(**{"path": PATH, "query": LINK, "caller": "nobody", **http})  # type: ignore[arg-type]
    return Case(f"decision: {name}", Door.DECISION, given, expected, (words,) if words else (), hidden)


def posted(name: str, expected: str, words: str, body: bytes, *more: tuple[str, str], **http: object) -> Case:
    """A form that is posted, with more headers than it needs."""
    headers = (*FORM, *more)
    return case(name, expected, words, **{"method": "POST", "body": body, "headers": headers, **http})  # type: ignore[arg-type]


def called(name: str, type_: str, expected: str, words: str, body: bytes) -> Case:
    """A form that is called something else."""
    return posted(name, expected, words, body, headers=(("Content-Type", type_),))


def address(name: str, text: str) -> Case:
    """A text in the field for the address that is no address."""
    return posted(f"address that is {name}", "400", ADDRESS, urlencode({"email": text}).encode())


def last_day(name: str, text: str, words: str, *, hidden: tuple[str, ...] = ()) -> Case:
    """The right address, and a last day that is none."""
    body = RIGHT + b"&" + urlencode({"until": text}).encode()
    return replace(posted(f"last day that is {name}", "400", words, body), hidden=hidden)


LINKS = (
    case("nothing at all", "400", f"{ACTION}, got neither", query=""),
    case("no action", "400", f"{ACTION}, got neither", query="request={request}&key={key}"),
    case("empty action", "400", f"{ACTION}, got neither", query="action=&request={request}&key={key}"),
    case("another action", "400", f"{ACTION}, got 'destroy'", query="action=destroy&request={request}&key={key}"),
    case("action in capitals", "400", f"{ACTION}, got 'APPROVE'", query="action=APPROVE&request={request}&key={key}"),
    case("both actions", "400", f"{ACTION}, got 'approve,deny'", query=f"{LINK}&action=deny"),
    case("action with markup", "400", "got '<b>x</b>'", hidden=("<b>x</b>",), query="action=%3Cb%3Ex%3C/b%3E"),
    case("action of 5,000 letters", "400", "…'", hidden=("x" * 100,), query=f"action={'x' * 5000}"),
    case("action with a line break", "400", ACTION, query="action=approve%0D%0AX-Evil:1&request={request}&key={key}"),
    case("no request", "400", f"{NAMED}, got no request", query="action=approve&key={key}"),
    case("no key", "400", f"{NAMED}, got no key", query="action=approve&request={request}"),
    case("neither request nor key", "400", f"{NAMED}, got no request and key", query="action=approve"),
    case("empty key", "400", f"{NAMED}, got no key", query="action=approve&request={request}&key="),
    case("names in capitals", "400", NAMED, query="action=approve&REQUEST={request}&KEY={key}"),
    case("unknown request", "404", NO_LINK, query="action=approve&request=nobody&key={key}"),
    case("request twice", "404", NO_LINK, query=LINK + "&request=other"),
    case("request of 5,000 letters", "404", NO_LINK, query=f"action=approve&request={'r' * 5000}&key=k"),
    case(
        "request that is the guarding item's key",
        "404",
        NO_LINK,
        query="action=approve&request=approval%23{request}&key={key}",
    ),
    case("request that is a path", "404", NO_LINK, query="action=approve&request=..%2F{request}&key={key}"),
    case("request with a null byte", "404", NO_LINK, query="action=approve&request={request}%00&key={key}"),
    case("request in no Unicode", "404", NO_LINK, query="action=approve&request=%FF%FE&key={key}"),
    case(
        "request with an expression",
        "404",
        NO_LINK,
        query=f"action=approve&request={quote('{{7*7}}${jndi:ldap://x}')}&key=k",
    ),
    case("request with a quote", "404", NO_LINK, query="action=approve&request={request}%27%20OR%201=1--&key={key}"),
    case("wrong key", "404", NO_LINK, query="action=approve&request={request}&key=x"),
    case("key cut short", "404", NO_LINK, query="action=approve&request={request}&key={cut}"),
    case("key with more behind it", "404", NO_LINK, query=LINK + "x"),
    case("key with a space", "404", NO_LINK, query=LINK + "%20"),
    case("key twice", "404", NO_LINK, query=LINK + "&key={key}"),
    case("key twice, the second in a mail program's way", "404", NO_LINK, query=LINK + "&amp;key=x"),
    case("request twice, the second in a mail program's way", "404", NO_LINK, query=LINK + "&amp;request=other"),
    case("both actions, in a mail program's way", "400", "got 'approve,deny'", query=f"{LINK}&amp;action=deny"),
    case("link of the old system, in a mail program's way", "410", "", query="action=approve&amp;token=AQCEAAAA"),
    case("key of 5,000 letters", "404", NO_LINK, query=f"action=approve&request={{request}}&key={'k' * 5000}"),
    case("key with half a character", "404", NO_LINK, query="action=approve&request={request}&key=%ED%A0%80"),
    case("link of the old system", "410", "", hidden=("AQCEAAAA",), query="action=approve&token=AQCEAAAA"),
    case("line longer than HTTP takes", "431", "", query=f"{LINK}&x={'x' * 11_000}"),
)

METHODS = (
    *(case(f"method {method}", "404", "", method=method) for method in ("PUT", "DELETE", "PATCH", "OPTIONS")),
    case("another path", "404", "", path="/workflow/update-state/more"),
    case("the path with a slash", "404", "", path="/workflow/update-state/"),
    case("a path upwards", "404", "", path="/workflow/../workflow/update-state"),
    case("POST to another path", "404", "", path="/workflow", method="POST", body=RIGHT),
)

FORMS = (
    last_day("in another order", "31.12.2027", NO_DAY),
    last_day("none that there is", "2027-02-29", NO_DAY),
    last_day("a number of days", "7", NO_DAY),
    last_day("of wide digits", "\uff12\uff10\uff12\uff17-12-31", NO_DAY),
    last_day("an expression", "{{7*7}}", NO_DAY),
    last_day("of 50,000 letters", "x" * 50_000, NO_DAY, hidden=("x" * 20_001,)),
    last_day("with markup", '"><b>x</b>', NO_DAY, hidden=("<b>x</b>",)),
    last_day("past", "2026-01-01", "That day is over"),
    last_day("later than was asked for", "9999-12-31", "That day is too late"),
    posted("form with nothing in it", "400", ADDRESS, b""),
    posted("form without an address", "400", ADDRESS, b"comment=hello"),
    posted("form with fields in capitals", "400", ADDRESS, RIGHT.replace(b"email", b"EMAIL")),
    called("form in JSON", "application/json", "400", ADDRESS, b'{"email": "olga.marin@example.org"}'),
    called("form in XML", "text/xml", "400", ADDRESS, b"<email>olga.marin@example.org</email>"),
    called("form in parts", "multipart/form-data; boundary=b", "400", ADDRESS, PARTS),
    posted("form that is packed", "400", FORM_UNREAD, b"\x1f\x8b\x08\x00\xff\xfe", ("Content-Encoding", "gzip")),
    posted("form in no Unicode", "400", FORM_UNREAD, b"\xff\xfe\x00\x80"),
    posted("form with bytes that are no text", "400", FORM_UNREAD, b"email=%ff%fe"),
    posted("form with half a character", "400", FORM_UNREAD, b"email=%ED%A0%80@example.org"),
    posted("form of UTF-16", "400", FORM_UNREAD, "email=olga.marin@example.org".encode("utf-16")),
    posted("form of 21 fields", "400", FORM_UNREAD, "&".join(f"f{n}=1" for n in range(21)).encode()),
    posted("form of 200,000 characters", "400", "at most 100,000 characters", b"email=" + b"x" * 200_000),
    posted("address given twice, the first one wrong", "403", NOT_MAILED, GUESS + b"&" + RIGHT),
    posted("comment of 2,001 characters", "400", "The comment is too long", RIGHT + b"&comment=" + b"x" * 2001),
    posted(
        "comment of 2,001 wide characters",
        "400",
        "The comment is too long",
        RIGHT + b"&comment=" + quote("\U0001f600" * 2001).encode(),
    ),
    posted("decision in hidden fields", "403", NOT_MAILED, GUESS + b"&action=approve&decided_by=mailbox"),
    posted("form for the link of nobody", "404", NO_LINK, RIGHT, query="action=approve&request=nobody&key={key}"),
    posted("form for a wrong key", "404", NO_LINK, RIGHT, query="action=approve&request={request}&key=x"),
    posted("form for another action", "400", ACTION, RIGHT, query="action=share&request={request}&key={key}"),
    posted("form for a link of the old system", "410", "", RIGHT, query="action=approve&token=AQCEAAAA"),
    posted(
        "link in the form instead of the address",
        "400",
        f"{ACTION}, got neither",
        RIGHT + b"&action=approve&request={request}&key={key}",
        query="",
    ),
)

ADDRESSES = (
    address("empty", ""),
    address("blank", "   "),
    address("a name", "olga"),
    address("without a host", "olga.marin@"),
    address("without a name", "@example.org"),
    address("two addresses", "olga.marin@example.org,mallory@evil.example"),
    address("with a name before it", "Olga <olga.marin@example.org>"),
    address("with a line break", "olga.marin@example.org\r\nBcc: mallory@evil.example"),
    address("with a null byte", "olga.marin@example.org\x00"),
    address("a pattern", "*"),
    address("of 255 characters", f"{'x' * 243}@example.org"),
    address("a script", "<script>alert(1)</script>"),
    posted("address of somebody else", "403", NOT_MAILED, GUESS),
    posted("address of another producer's approver", "403", NOT_MAILED, b"email=rohan.iyer@example.org"),
    posted("address with a dot more", "403", NOT_MAILED, b"email=olga.marin@example.org.evil.example"),
    posted(
        "address with look-alike letters", "403", NOT_MAILED, b"email=" + quote("\u043elga.marin@example.org").encode()
    ),
    posted("address with a tag", "403", NOT_MAILED, b"email=olga.marin%2Bx@example.org"),
    posted("address with markup", "403", NOT_MAILED, b"email=%3Cb%3E@example.org", hidden=("<b>@",)),
)

HEADERS = (
    case("method in a header", "200", "", headers=(("X-HTTP-Method-Override", "POST"), ("X-Method-Override", "POST"))),
    case("decision in the link", "200", "", query=LINK + "&email=olga.marin@example.org&method=POST&_method=POST"),
    case("form in a GET", "200", "", body=RIGHT, headers=FORM),
    case(
        "another host",
        "200",
        "",
        hidden=("evil.example",),
        headers=(("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example")),
    ),
    case(
        "another origin",
        "200",
        "",
        headers=(("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")),
    ),
    case("cookie of 4,000 letters", "200", "", headers=(("Cookie", f"session={'c' * 4000}"),)),
    case("headers longer than HTTP takes", "431", "", headers=(("X-Long", "h" * 11_000),)),
    case("authorization of 4,000 letters", "200", "", headers=(("Authorization", f"Bearer {'a' * 4000}"),)),
    posted("address of a neighbour in a header", "403", NOT_MAILED, GUESS, ("X-Forwarded-For", "10.0.0.1")),
    posted("browser's name of 4,000 letters", "403", NOT_MAILED, GUESS, ("User-Agent", "u" * 4000)),
    posted("form without a type", "400", ADDRESS, b"x", headers=()),
    called("form in no character set", f"{FORM[0][1]}; charset=martian", "403", NOT_MAILED, GUESS),
)

CASES = (*LINKS, *METHODS, *FORMS, *ADDRESSES, *HEADERS)

"""XML and HTML are parsed in one place, which does nothing that a file asks for."""

import ast
import socket
from pathlib import Path

import pytest

from litmap.parsing.safe_markup import DeclaresEntities, parse_html, parse_xml

SOURCE = Path(__file__).parent.parent / "src" / "litmap"
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10))
    + "]><x t='{in_attribute}'>&a9;</x>"
)
DECLARING = {
    "billion laughs": LAUGHS,
    "laughs in an attribute": LAUGHS.replace("{in_attribute}", "&a9;"),
    "a file": "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    "an address": "<!DOCTYPE x [<!ENTITY a SYSTEM 'http://127.0.0.1:9/a'>]><x>&a;</x>",
    "a parameter": "<!DOCTYPE x [<!ENTITY % a SYSTEM 'http://127.0.0.1:9/a.dtd'> %a;]><x/>",
    "in small letters": "<!DOCTYPE x [<!entity a 'b'>]><x>&a;</x>",
    "never used": "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>",
}


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the parser went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("recover", [False, True])
@pytest.mark.parametrize("kind", DECLARING)
def test_entities_of_its_own_are_refused(kind, recover, encoding, no_network):
    with pytest.raises(DeclaresEntities, match="entities of its own"):
        parse_xml(DECLARING[kind].encode(encoding), recover=recover)


def test_entities_are_refused_in_an_encoding_that_hides_them():
    """'<!ENTITY' in UTF-7, where libxml2 reads that."""
    text = "<?xml version='1.0' encoding='UTF-7'?>" + DECLARING["never used"]
    with pytest.raises(ValueError, match="XML"):
        parse_xml(text.replace("<!E", "+ADwAIQ-E").encode())


@pytest.mark.parametrize("where", ["http", "file"])
def test_no_dtd_is_loaded(where, tmp_path, no_network):
    dtd = tmp_path / "x.dtd"
    dtd.write_text("<!ENTITY secret 'loaded'><!ATTLIST x loaded CDATA 'yes'>")
    address = dtd.as_uri() if where == "file" else "http://127.0.0.1:9/x.dtd"
    root = parse_xml(f"<!DOCTYPE x SYSTEM '{address}'><x>&secret;</x>".encode()).root
    assert not root.attrib
    assert "loaded" not in "".join(root.itertext())


def test_no_file_is_included_and_no_stylesheet_applied():
    text = (
        "<?xml-stylesheet href='file:///etc/passwd'?><x xmlns:xi='http://www.w3.org/2001/XInclude'>"
        "<xi:include href='file:///etc/passwd' parse='text'/>told<!-- aside --></x>"
    )
    root = parse_xml(text.encode()).root
    assert "".join(root.itertext()) == "told"
    assert root.getprevious() is None


@pytest.mark.parametrize("data", [b"", b" ", b"no XML", b"<a>", b"<a>&lone;</a>", b"\xff\xfe\x00"])
def test_what_is_no_xml_is_a_plain_error(data):
    with pytest.raises(ValueError, match="the XML is damaged: "):
        parse_xml(data)


def test_recovery_goes_on_behind_what_is_broken():
    tree = parse_xml(b"<a><b>one</b><b>two</a>", recover=True)
    assert [b.text for b in tree.root] == ["one", "two"]
    assert list(tree.errors)


@pytest.mark.parametrize("data", [b"", b"  ", b"<!-- aside -->"])
def test_a_page_without_an_element_is_a_plain_error(data):
    with pytest.raises(ValueError, match="no HTML"):
        parse_html(data)


@pytest.mark.parametrize("parse", [parse_xml, parse_html])
def test_what_nests_too_deep_ends(parse):
    deep = b"<b>" * 100_000 + b"x" + b"</b>" * 100_000
    try:
        parse(deep)
    except ValueError as error:
        assert len(str(error)) < 300


PARSERS = {
    "XMLParser", "HTMLParser", "XMLPullParser", "HTMLPullParser", "XMLTreeBuilder", "iterparse", "fromstring",
    "document_fromstring", "fragment_fromstring", "fragments_fromstring", "fromstringlist", "objectify",
    "XSLT", "XInclude", "ParserCreate", "make_parser", "parseString",
}  # fmt: skip
"""Names by which lxml and Python itself make parsers of markup."""
EXCEPTIONS = {
    "parsing/safe_markup.py": "the home",
    "parsing/markup.py": "one element that is cut out of a title, thousands of times: Python's own",
}


def test_no_other_module_makes_a_parser_of_markup():
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _name(node) in PARSERS
    }
    assert found == EXCEPTIONS.keys()


def _name(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

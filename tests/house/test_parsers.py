"""What is read in two places is read in one way: JSON has one reader, and the database agrees."""

import base64
import json
import re
from typing import Any

import joserfc.util
import kombu.utils.json
import pytest
import requests.models
from sqlalchemy import text
from sqlalchemy.orm import Session
from webauthn.helpers import parse_client_data_json

from devtools.paths import ROOT

OTHER_READERS = {
    *("simplejson", "orjson", "ujson", "python-rapidjson", "msgspec", "pysimdjson", "cysimdjson"),
    *("json5", "hjson", "demjson3", "jiter"),
}
# Where readers are known to differ: a name twice, or written otherwise, and a very large number.
DOCUMENTS = [
    '{"sub": "anna", "sub": "bram"}',
    '{"aud": "ours", "\\u0061ud": "theirs"}',
    '{"n": 9007199254740993, "m": 1.0, "k": -0}',
    '{"n": 1e2}',
    '{"one": [1, {"two": null}], "one": true}',
    '{"name": "\\ud83d\\ude42 \\u00e9"}',
    " {} ",
]
REFUSED = [
    '{"a": 1,}',
    "{'a': 1}",
    '{"a": 1} {"a": 2}',
    '{"a": 01}',
    "// no\n{}",
    '{"a": "\n"}',
    "",
]


def test_there_is_one_reader_of_json() -> None:
    named = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)

    assert len(named) > 50
    assert OTHER_READERS & set(named) == set()
    assert {module.json for module in (joserfc.util, kombu.utils.json)} == {json}
    assert parse_client_data_json.__globals__["json"] is json
    assert vars(requests.models)["complexjson"] is json


def read_by_tokens(document: str) -> Any:
    return joserfc.util.json_b64decode(base64.urlsafe_b64encode(document.encode()).rstrip(b"="))


def read_of_messages(document: str) -> Any:
    return kombu.utils.json.loads(document)  # type: ignore[no-untyped-call]  # kombu has no types


@pytest.mark.parametrize("document", DOCUMENTS)
def test_readers_of_json_and_the_database_read_the_same(session: Session, document: str) -> None:
    known = json.loads(document)

    stored = session.scalar(text("SELECT CAST(:document AS jsonb)"), {"document": document})

    assert read_by_tokens(document) == known
    assert read_of_messages(document) == known
    assert stored == known


@pytest.mark.parametrize("document", REFUSED)
def test_what_is_no_json_is_read_by_none(session: Session, document: str) -> None:
    is_json = session.scalar(text("SELECT :document IS JSON"), {"document": document})

    for read in (json.loads, read_by_tokens, read_of_messages):
        with pytest.raises(ValueError, match=r"Expecting|Extra|Illegal|Invalid"):
            read(document)
    assert is_json is False

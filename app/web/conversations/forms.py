"""A message, a question, its publishing, and the words with which somebody shows interest."""

from uuid import UUID

from wtforms import BooleanField, HiddenField

from app.conversations.rules import TEXT_LIMIT, Words
from app.core.dutch import number
from app.core.ids import new_id
from app.web.forms import TextField, WebForm, id_in

AT_MOST = f"Hoogstens {number(TEXT_LIMIT)} tekens."


class MessageForm(WebForm):
    """The id comes with the page, so that the same form sent twice is one message."""

    message_id = HiddenField()
    text = TextField(
        "Je bericht",
        description="De ander leest je bericht hier, en meestal ook in de mail, met je naam en je "
        f"gemeente erbij. {AT_MOST}",
        render_kw={"required": False},
    )

    @property
    def new_message_id(self) -> UUID:
        return id_in(self.message_id.data) or new_id()


class QuestionForm(MessageForm):
    text = TextField("Je vraag", description=AT_MOST, render_kw={"required": False})


class PublishForm(WebForm):
    """`seen` stands for the words that were looked at: only those are published."""

    published_id = HiddenField()
    seen = HiddenField()
    question = TextField("De vraag", description=AT_MOST, render_kw={"required": False})
    answer = TextField("Het antwoord", description=AT_MOST, render_kw={"required": False})
    # Asked only when something may be a name.
    names_nobody = BooleanField("Ik heb gekeken: het is geen naam")

    @property
    def words(self) -> Words:
        return Words(self.question.data or "", self.answer.data or "")

    @property
    def new_published_id(self) -> UUID:
        return id_in(self.published_id.data) or new_id()


class InterestForm(MessageForm):
    text = TextField("Wil je er iets bij zeggen?", description=AT_MOST)

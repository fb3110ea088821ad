"""Documents that people keep, made from the record and the same bytes whenever they are made."""

from app.documents.making import pdf

__all__ = ["pdf"]

"""Parsing of large schema documents, without what graphql-core keeps for tools that walk their tokens."""

from __future__ import annotations

from graphql import DocumentNode
from graphql.language import Lexer, Source, Token
from graphql.language.parser import Parser


def parse_sdl(text: str, *, located: bool = False) -> DocumentNode:
    """The document, its nodes with or without their place in the text. Raises GraphQLSyntaxError."""
    source = Source(text)
    return Parser(source, no_location=not located, lexer=_ForgetfulLexer(source)).parse_document()


class _ForgetfulLexer(Lexer):
    """Unchains each token from the next: all of them, chained both ways, take more memory than the document."""

    def advance(self) -> Token:
        last = self.last_token = self.token
        token = self.token = self.lookahead()
        token.prev = last.next = None
        return token

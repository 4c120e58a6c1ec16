"""Parsing of large schema documents, without what graphql-core keeps for tools that show their source."""

from __future__ import annotations

from graphql import DocumentNode
from graphql.language import Lexer, Source, Token
from graphql.language.parser import Parser


def parse_sdl(text: str) -> DocumentNode:
    """The document, its nodes without locations. Raises GraphQLSyntaxError."""
    source = Source(text)
    return Parser(source, no_location=True, lexer=_ForgetfulLexer(source)).parse_document()


class _ForgetfulLexer(Lexer):
    """Drops each token once the next is there: all of them, chained both ways, take more memory than the document."""

    def advance(self) -> Token:
        last = self.last_token = self.token
        token = self.token = self.lookahead()
        token.prev = last.next = None
        return token

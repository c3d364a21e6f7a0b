"""Lists: a page as it was answered, and iterators over all that follows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .answers import Answer
from .request import Request

ListT = TypeVar("ListT")
ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class _Listed(Answer[ListT], Generic[ListT, ItemT]):
    """`data` is the list as it was answered."""

    request: Request = field(repr=False)

    @property
    def items(self) -> list[ItemT]:
        found: list[ItemT] = self._member("items")
        return found

    def _other(self, which: str) -> Request | None:
        cursor = self._member(which)
        return None if cursor is None else self.request.at(cursor)

    def _member(self, name: str) -> Any:
        data: Any = self.data
        return data.get(name)


@dataclass(frozen=True)
class Page(_Listed[ListT, ItemT]):
    fetch: Callable[[Request], Page[ListT, ItemT]] = field(repr=False)

    def next(self) -> Page[ListT, ItemT] | None:
        following = self._other("next")
        return None if following is None else self.fetch(following)

    def previous(self) -> Page[ListT, ItemT] | None:
        before = self._other("prev")
        return None if before is None else self.fetch(before)

    def pages(self) -> Iterator[Page[ListT, ItemT]]:
        """This one and all that follow, each fetched when it is its turn."""
        page: Page[ListT, ItemT] | None = self
        while page is not None:
            yield page
            page = page.next()

    def all(self) -> Iterator[ItemT]:
        """The items of this page and of all that follow."""
        for page in self.pages():
            yield from page.items


@dataclass(frozen=True)
class AsyncPage(_Listed[ListT, ItemT]):
    fetch: Callable[[Request], Coroutine[Any, Any, AsyncPage[ListT, ItemT]]] = field(repr=False)

    async def next(self) -> AsyncPage[ListT, ItemT] | None:
        following = self._other("next")
        return None if following is None else await self.fetch(following)

    async def previous(self) -> AsyncPage[ListT, ItemT] | None:
        before = self._other("prev")
        return None if before is None else await self.fetch(before)

    async def pages(self) -> AsyncIterator[AsyncPage[ListT, ItemT]]:
        """This one and all that follow, each fetched when it is its turn."""
        page: AsyncPage[ListT, ItemT] | None = self
        while page is not None:
            yield page
            page = await page.next()

    async def all(self) -> AsyncIterator[ItemT]:
        """The items of this page and of all that follow."""
        async for page in self.pages():
            for item in page.items:
                yield item

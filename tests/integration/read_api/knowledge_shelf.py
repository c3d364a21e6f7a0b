from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_models.documents import DOCUMENT_DRAFTS, DOCUMENTS, document_id
from read_models.registry import READ_MODELS
from tests.integration.read_api.stores import Source, Stores, language_of, moment, new_id


class KnowledgeShelf(Stores):
    async def document(self, author: Mapping[str, Any], *, draft: bool = False, **given: Any) -> Source:
        number = next(self.numbers)
        core: Source = {
            "id": new_id(),
            "version": 1,
            "slug": f"document-{number}",
            "locale": "en",
            "default_locale": "en",
            "title": f"Document {number}",
            "body": "Some *text*.",
            "html": "<p>Some <em>text</em>.</p>",
            "visibility": "public",
            "group_ids": [],
            "category_id": None,
            "tags": [],
            "revision": 1,
            "author_id": author["id"],
            "published_at": None if draft else moment(number),
            "status": "draft" if draft else "published",
            "updated_at": moment(number),
            **given,
        }
        model = DOCUMENT_DRAFTS if draft else DOCUMENTS
        if draft:
            revision = {"number": core["revision"], "title": core["title"], "author_id": author["id"]}
            revisions = [{**revision, "created_at": moment(number), "published": False}]
            core = {"publish_at": None, "comment": "", "created_at": moment(number), "revisions": revisions, **core}
        language = language_of(core["locale"])
        extra = {"title_stemmed": {language: core["title"]}, "text": {language: core["body"]}}
        key = document_id(core["id"], core["locale"])
        await self.put(model, key, core, extra)
        await self.keep(model, key, core)
        await self.apply("document", core["id"], core["version"])
        return core

    async def version(self, draft: Mapping[str, Any], number: int, body: str, **given: Any) -> Source:
        """The moment when this text of the document was saved."""
        text = {"locale": draft["locale"], "number": number, "body": body}
        author = {"id": draft["author_id"]}
        of_document = {"aggregate_type": "document", **text, **given}
        return await self.event(draft, "DocumentDraftEdited", "internal", author, **of_document)

    async def vote(self, document: Mapping[str, Any], helpful: bool, comment: str = "", **given: Any) -> Source:
        """What a reader says of it; later ones are newer."""
        at = moment(next(self.numbers))
        said = {"document_id": document["id"], "locale": document["locale"], "helpful": helpful, "comment": comment}
        times = {"created_at": at, "updated_at": at}
        core = {"id": new_id(), "version": 1, **said, "commented": bool(comment), **times, **given}
        await self.put(READ_MODELS["document_votes"], core["id"], core, {})
        return core

    async def category(
        self, names_by_locale: Mapping[str, str], parent_id: str | None = None, position: int = 0
    ) -> Source:
        core = {"parent_id": parent_id, "position": position, "names": dict(names_by_locale)}
        return await self.labelled("catalog", "category", core)

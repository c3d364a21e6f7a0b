from __future__ import annotations

from datetime import timedelta

from domain.knowledge.document import Document
from write_api.intake.demo.content import DemoContent
from write_api.intake.demo.people import DemoPeople


def demo_document(content: DemoContent, index: int) -> Document:
    """Beyond the written ones, each is told again for the shop of another city."""
    scenarios = content.document_scenarios
    edition, place = divmod(index, len(scenarios))
    scenario = scenarios[place]
    city = content.world["cities"][(edition - 1) % len(content.world["cities"])]
    suffix = f" ({city}, {edition})" if edition else ""
    people = DemoPeople.of(content)
    author, reviewer = people.agents[0], people.agents[1]
    at = content.now - timedelta(days=80 - index % 70)
    (locale, (title, body)), *others = scenario["locales"].items()
    document = Document.create(
        title=title + suffix,
        body=body,
        locale=locale,
        author_id=author,
        at=at,
        slug=scenario["slug"] + (f"-{edition}" if edition else ""),
        category_id=content.id("category", scenario["category"]),
        visibility=scenario["visibility"],
        tags=scenario["tags"],
        external_id=f"demo-{content.seed}-{index}",
        id=content.id("document", index),
    )
    for other, (other_title, other_body) in others:
        document.edit_draft(other, title=other_title + suffix, body=other_body, author_id=author, at=at)
    if scenario["state"] == "published":
        for each in scenario["locales"]:
            title, body = scenario["locales"][each]
            document.import_published(each, title=title + suffix, body=body, author_id=reviewer, at=at)
    elif scenario["state"] == "in_review":
        document.submit(at=at)
    return document

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.shared.errors import Conflict, Forbidden, NotFound, RuleViolated, ValidationFailed


class DocumentNotFound(NotFound):
    code = "document.not_found"

    def __init__(self, reference: UUID | str) -> None:
        super().__init__(
            f"There is no document {reference} that you may see. Check the id.", details={"document": str(reference)}
        )


class TranslationNotFound(NotFound):
    code = "document.translation_not_found"

    def __init__(self, locale: str, locales: Iterable[str]) -> None:
        known = sorted(locales)
        super().__init__(
            f"The document has no text in '{locale}', only in: {', '.join(known)}. Write a draft in it first.",
            pointer="/locale",
            details={"locale": locale, "locales": known},
        )


class DocumentTransitionNotAllowed(RuleViolated):
    code = "document.transition_not_allowed"

    def __init__(self, *, locale: str, status: str, action: str, allowed: Iterable[str]) -> None:
        names = list(allowed)
        super().__init__(
            f"The document's text in '{locale}' is {status}, which does not allow to {action} it. "
            f"Allowed now: {', '.join(names)}.",
            details={"locale": locale, "status": status, "requested": action, "allowed": names},
        )


class DocumentForbidden(Forbidden):
    code = "document.forbidden"


class DocumentGroupsInvalid(ValidationFailed):
    code = "document.groups_invalid"

    def __init__(self, message: str) -> None:
        super().__init__(message, pointer="/group_ids")


class DocumentHiddenFromOneself(Forbidden):
    code = "document.hidden_from_oneself"

    def __init__(self) -> None:
        super().__init__(
            "You belong to none of these groups, so you would not see the document any more. "
            "Name one of your own groups, too, or ask an admin.",
            pointer="/group_ids",
        )


class FeedbackCommentUnexpected(ValidationFailed):
    code = "feedback.comment_unexpected"

    def __init__(self) -> None:
        super().__init__(
            "A comment says what was missing, so it comes with helpful: false. Leave it out.", pointer="/comment"
        )


class SelfApprovalForbidden(Forbidden):
    code = "document.self_approval_forbidden"

    def __init__(self) -> None:
        super().__init__(
            "You wrote this draft, so somebody else has to review it. Ask another agent, or an admin, to approve it."
        )


class SlugInvalid(ValidationFailed):
    code = "slug.invalid"


class SlugReserved(ValidationFailed):
    code = "slug.reserved"

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"A document cannot have the slug '{slug}', because another page has that address. Choose another one.",
            pointer="/slug",
            details={"slug": slug},
        )


class SlugTaken(Conflict):
    code = "slug.taken"

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"Another document already has the slug '{slug}'. Choose another one.",
            pointer="/slug",
            details={"slug": slug},
        )


class CategoryNotFound(NotFound):
    code = "category.not_found"

    def __init__(self, category_id: UUID, pointer: str | None = None) -> None:
        super().__init__(
            f"There is no category {category_id}. Check the id.",
            pointer=pointer,
            details={"category_id": str(category_id)},
        )


class CategoryCycle(RuleViolated):
    code = "category.cycle"

    def __init__(self) -> None:
        super().__init__(
            "A category cannot be placed below itself. Choose a parent outside of its own subtree.",
            pointer="/parent_id",
        )


class CategoryTooDeep(RuleViolated):
    code = "category.too_deep"

    def __init__(self, depth: int, max_depth: int) -> None:
        super().__init__(
            f"The tree would get {depth} levels, but at most {max_depth} are allowed. Choose a higher parent.",
            pointer="/parent_id",
            details={"depth": depth, "max_depth": max_depth},
        )


class CategoryNotEmpty(RuleViolated):
    code = "category.not_empty"

    def __init__(self) -> None:
        super().__init__(
            "The category still holds categories or documents. Move or delete them, then delete the category."
        )


class CategoryNamesInvalid(ValidationFailed):
    code = "category.names_invalid"


class CategoryForbidden(Forbidden):
    code = "category.forbidden"

"""When each domain event happens, in one sentence. A test holds that none is missing."""

from __future__ import annotations

MOMENTS = {
    "ApiTokenCreated": "A person made a token for a program. The token itself is stored nowhere, only its hash.",
    "ApiTokenRenamed": "A token got another name.",
    "ApiTokenRevoked": (
        "A token was ended before its time, by its owner, an admin, or because its owner was " "deactivated."
    ),
    "AttachmentAttached": (
        "An uploaded file was taken into a message, and can be read by whoever may read that " "message."
    ),
    "AttachmentUploaded": (
        "A file was taken in and judged by its content. Until it is attached, only its uploader knows " "it."
    ),
    "CategoryChanged": "A category got other names, another parent or another place.",
    "CategoryCreated": "A category was made.",
    "CategoryDeleted": "An empty category was deleted.",
    "DeadLettersReplayed": "An admin had documents that could not be projected tried again.",
    "DocumentApproved": "A reviewer who is not the author approved a submitted draft.",
    "DocumentArchived": "A translation was taken out of use; it can be restored.",
    "DocumentCreated": "A document was made, with a first draft in one language.",
    "DocumentDraftEdited": "A draft got new content. What is published stays as it is.",
    "DocumentMetadataChanged": "Visibility, groups, category, tags or slug of a document changed.",
    "DocumentPublished": "The approved revision became what readers see.",
    "DocumentRejected": "A reviewer sent a submitted draft back to its author, with a comment.",
    "DocumentRestored": "An archived translation became a draft again.",
    "DocumentScheduled": "An approved draft was given a time at which it publishes itself.",
    "DocumentSubmitted": "The author asked for a review of a draft.",
    "DocumentUnpublished": "What was published was taken down, or a planned publication called off.",
    "GroupChanged": "A group was renamed.",
    "GroupCreated": "A group was made.",
    "MessageAdded": "Somebody wrote a public message or an internal note.",
    "OrganizationChanged": "Name, e-mail domains or the sharing of tickets of an organization changed.",
    "OrganizationCreated": "An organization was made.",
    "OrganizationTicketsMoved": "The last ticket of a move has its new organization.",
    "OrganizationTicketsMoveStarted": (
        "An admin asked to move all tickets of an organization; it goes on in the " "background."
    ),
    "RebuildPaused": "An admin lets a rebuild or a rollback wait.",
    "RebuildRequested": "An admin asked for read models to be built anew; the projector does it.",
    "RebuildResumed": "An admin lets a rebuild go on that was paused or interrupted.",
    "RollbackRequested": "An admin asked to go back to the index that served before the last rebuild.",
    "SessionRefreshed": "A refresh token was exchanged for a new pair of tokens.",
    "SessionRevoked": (
        "A session was ended: signed out, by an admin, by a new password, or because a token was used " "twice."
    ),
    "SessionStarted": "Somebody signed in.",
    "TicketAssigned": "A ticket went to another assignee, another group, or both.",
    "TicketChanged": "A field of a ticket changed that has no event of its own.",
    "TicketClosed": "A ticket took its last step; no other can follow.",
    "TicketDeleted": "A ticket was deleted. The event keeps what nobody can look up any more.",
    "TicketFieldChanged": "A ticket field got another label, other options, or was switched off or on.",
    "TicketFieldCreated": "An admin defined a field that tickets may carry.",
    "TicketMovedToOrganization": "A ticket changed its organization together with all the others of that organization.",
    "TicketOpened": "A ticket was opened with its first message.",
    "TicketPriorityChanged": "The priority of a ticket changed.",
    "TicketReopened": "A solved ticket is worked on again.",
    "TicketSolved": "A ticket was solved.",
    "TicketStatusChanged": "A ticket took a step that is neither into solved or closed nor back from solved.",
    "UserChanged": "A field of a user changed that has no event of its own.",
    "UserDeactivated": "A user was deactivated: their sessions and tokens end at once.",
    "UserIdentityLinked": "A person first came in by single sign-on: that subject is this user from now on.",
    "UserPasswordChanged": "A user has a new password; their other sessions end.",
    "UserReactivated": "A deactivated user may sign in again.",
    "UserRegistered": "A user was added.",
    "UserRoleChanged": "A user became an admin, an agent or a customer.",
    "ViewChanged": "A view got another name, other filters, or was shared with others.",
    "ViewCreated": "An agent saved a filter of the ticket list.",
    "ViewDeleted": "A view was deleted. The event keeps what it asked for.",
}

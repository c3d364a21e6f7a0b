import type { Document, User } from '@/api/schemas'

import actions from './transitions.json'

export type Step = 'submit' | 'approve' | 'reject' | 'publish' | 'unpublish' | 'archive' | 'restore'
export type DocumentStatus = keyof typeof actions
export const STATUSES = Object.keys(actions) as DocumentStatus[]
const TABLE = actions as Record<string, string[]>

/** The steps that the server would take now; a test holds the table against domain/knowledge/translation.py. */
export function stepsOf(
  document: Pick<Document, 'status' | 'published_at' | 'author'>,
  user: Pick<User, 'id' | 'role'>,
): Step[] {
  const allowed = (TABLE[document.status] ?? []).filter((action): action is Step => action !== 'edit')
  // An older version is up while a newer one is written: it can be taken down at any time.
  const withUnpublish =
    document.published_at && !allowed.includes('unpublish') ? [...allowed, 'unpublish' as const] : allowed
  // Nobody but an admin reviews their own text.
  const reviews = user.role === 'admin' || document.author?.id !== user.id
  return withUnpublish.filter((step) => reviews || (step !== 'approve' && step !== 'reject'))
}

export function mayEdit(status: string): boolean {
  return TABLE[status]?.includes('edit') ?? false
}

export function needsReviewer(document: Pick<Document, 'status' | 'author'>, user: Pick<User, 'id' | 'role'>): boolean {
  return document.status === 'in_review' && user.role !== 'admin' && document.author?.id === user.id
}

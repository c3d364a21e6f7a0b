import type { Queries } from '@/api/schemas'

export type DeadLetter = Queries['DeadLetter']

/** Letters that are tried again, with the failure that was known then. */
export type Tried = ReadonlyMap<number, string>

export function withTried(tried: Tried, letters: readonly DeadLetter[]): Tried {
  return new Map([...tried, ...letters.map(({ id, failed_at }) => [id, failed_at] as const)])
}

/** Until it is gone, or has failed anew. */
export function isTrying(tried: Tried, letter: DeadLetter): boolean {
  return tried.get(letter.id) === letter.failed_at
}

const OF_TICKETS = ['ticket', 'message', 'attachment']

/** Where a person sees what it is about, if there is such a page. */
export function placeOf(letter: DeadLetter): string | null {
  if (OF_TICKETS.includes(letter.aggregate_type)) return `/desk/tickets/${letter.root_id}`
  return letter.aggregate_type === 'document' ? `/desk/knowledge/${letter.root_id}` : null
}

import type { PresentPerson } from '@/api/schemas'

/** Who the server said is on a ticket, and when it did, by the clock here. */
export interface Seen {
  people: readonly PresentPerson[]
  at: number
}

export interface Other {
  id: string
  name: string
  isTyping: boolean
}

// As long as being there holds; typing holds for less (docs/adr/0144).
const PRESENT_FOR_MS = 30_000

/** What of it holds now. Nothing tells that somebody is gone who could not say so: that is a matter of time. */
export function othersNow({ people, at }: Seen, own: string | undefined, now: number): Other[] {
  return people
    .filter(({ user, ...person }) => user.id !== own && now < at + goneAfterMs(person))
    .map(({ user, activity, for_ms }) => ({
      id: user.id,
      name: user.name ?? '?',
      isTyping: activity === 'typing' && now < at + for_ms,
    }))
}

/** In how many ms, from when it was said, the first of the others may be doing something else; null: there is nobody. */
export function holdsForMs({ people }: Seen, own: string | undefined): number | null {
  const of = people.filter(({ user }) => user.id !== own).map(({ for_ms }) => for_ms)
  return of.length ? Math.min(...of) : null
}

/** In how many ms `othersNow` answers something else. */
export function changesInMs({ people, at }: Seen, own: string | undefined, now: number): number | null {
  const ahead = people
    .filter(({ user }) => user.id !== own)
    .flatMap((person) => [at + person.for_ms - now, at + goneAfterMs(person) - now])
    .filter((ms) => ms > 0)
  return ahead.length ? Math.min(...ahead) : null
}

/** Whoever falls silent is somebody who looks, until the server says otherwise. */
function goneAfterMs({ activity, for_ms }: Pick<PresentPerson, 'activity' | 'for_ms'>): number {
  return activity === 'typing' ? Math.max(for_ms, PRESENT_FOR_MS) : for_ms
}

import { describe, expect, it } from 'vitest'

import type { PresentPerson } from '@/api/schemas'
import { changesInMs, holdsForMs, othersNow, type Seen } from '@/console/ticket/presence'

const AT = 1_000_000
const person = (name: string, activity: string, for_ms: number): PresentPerson => ({
  user: { id: name.toLowerCase(), name },
  activity,
  for_ms,
})
const seen = (...people: PresentPerson[]): Seen => ({ people, at: AT })
const names = (of: Seen, now: number) =>
  othersNow(of, 'own', now).map(({ name, isTyping }) => (isTyping ? `${name}…` : name))

describe('who else is on a ticket', () => {
  it('is everybody but oneself, in whichever of the own windows', () => {
    const both = seen(person('Mara', 'viewing', 30_000), person('Own', 'typing', 10_000))
    expect(names(both, AT)).toEqual(['Mara'])
    expect(holdsForMs(seen(person('Own', 'typing', 10_000)), 'own')).toBeNull()
  })

  it('is over by itself, also where nobody can be asked', () => {
    const one = seen(person('Mara', 'viewing', 20_000))
    expect(names(one, AT + 19_999)).toEqual(['Mara'])
    expect(names(one, AT + 20_000)).toEqual([])
  })

  it('looks on when it stops typing', () => {
    const one = seen(person('Jon', 'typing', 8_000))
    expect([AT, AT + 8_000, AT + 29_999, AT + 30_000].map((now) => names(one, now))).toEqual([
      ['Jon…'],
      ['Jon'],
      ['Jon'],
      [],
    ])
  })

  it('changes, without a word, when the first of it is over', () => {
    const two = seen(person('Jon', 'typing', 8_000), person('Mara', 'viewing', 20_000))
    expect(holdsForMs(two, 'own')).toBe(8_000)
    const moments: number[] = []
    for (let ms = changesInMs(two, 'own', AT); ms !== null; ms = changesInMs(two, 'own', AT + (moments.at(-1) ?? 0)))
      moments.push((moments.at(-1) ?? 0) + ms)
    expect(moments).toEqual([8_000, 20_000, 30_000])
  })

  it('may have no name at the moment', () => {
    const nameless = { user: { id: 'x', name: null }, activity: 'viewing', for_ms: 1_000 }
    expect(names(seen(nameless), AT)).toEqual(['?'])
  })
})

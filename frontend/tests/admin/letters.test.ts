import { describe, expect, it } from 'vitest'

import { type DeadLetter, isTrying, placeOf, withTried } from '@/admin/projections/letters'

const letter = (changes: Partial<DeadLetter> = {}): DeadLetter => ({
  id: 7,
  projection: 'tickets',
  document_id: 'a',
  aggregate_type: 'ticket',
  aggregate_id: 'a',
  root_id: 'a',
  event_type: 'TicketOpened',
  attempts: 1,
  reason: '400 too large',
  first_failed_at: '2026-03-01T09:00:00Z',
  failed_at: '2026-03-01T09:30:00Z',
  ...changes,
})

describe('a dead letter', () => {
  it('is being tried from the wish until it fails anew', () => {
    const before = new Map<number, string>()
    expect(isTrying(before, letter())).toBe(false)
    const tried = withTried(before, [letter(), letter({ id: 8 })])
    expect([letter(), letter({ id: 8 }), letter({ id: 9 })].map((one) => isTrying(tried, one))).toEqual([
      true,
      true,
      false,
    ])
    expect(isTrying(tried, letter({ failed_at: '2026-03-01T09:31:00Z' }))).toBe(false)
    expect(before.size).toBe(0)
  })

  it.each([
    ['ticket', '/desk/tickets/root'],
    ['message', '/desk/tickets/root'],
    ['attachment', '/desk/tickets/root'],
    ['document', '/desk/knowledge/root'],
    ['user', null],
  ])('of a %s leads to %s', (aggregate_type, place) => {
    expect(placeOf(letter({ aggregate_type, root_id: 'root' }))).toBe(place)
  })
})

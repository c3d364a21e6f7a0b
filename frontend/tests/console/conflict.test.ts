import { describe, expect, it } from 'vitest'

import type { Ticket } from '@/api/schemas'
import { type Changes, compare, mergeTags, resolve } from '@/console/ticket/conflict'

const BEFORE = {
  id: 't',
  version: 3,
  subject: 'The lamp flickers',
  status: 'open',
  priority: 'normal',
  type: null,
  assignee: { id: 'ana', name: 'Ana' },
  group: null,
  tags: ['lamp', 'night'],
  custom_fields: { site: 'north', floor: 2 },
} as unknown as Ticket

const now = (changed: object): Ticket => ({ ...BEFORE, version: 4, ...changed }) as Ticket
const custom = (fields: object): Changes => ({ custom_fields: fields }) as Changes

describe('two people change one ticket', () => {
  it('in different fields: both hold, and nobody is asked', () => {
    const found = compare(BEFORE, now({ priority: 'high' }), { subject: 'The lamp is out' })
    expect(found).toEqual({ clashes: [], free: { subject: 'The lamp is out' }, theirs: ['priority'] })
  })

  it('in the same field to the same: there is nothing to decide or to send', () => {
    const found = compare(BEFORE, now({ priority: 'high' }), { priority: 'high' })
    expect([found.clashes, found.free]).toEqual([[], {}])
  })

  it('in the same field to something else: both sides are shown', () => {
    const found = compare(BEFORE, now({ assignee: { id: 'bo', name: 'Bo' } }), { assignee_id: null })
    expect(found.clashes).toEqual([{ field: 'assignee_id', before: 'ana', mine: null, theirs: 'bo' }])
    expect(found.free).toEqual({})
  })

  it('in the tags: what one adds and what the other removes is put together', () => {
    const found = compare(BEFORE, now({ tags: ['lamp', 'urgent'] }), { tags: ['lamp', 'night', 'vip'] })
    expect(found.clashes).toEqual([])
    expect(found.free.tags).toEqual(['lamp', 'urgent', 'vip'])
  })

  it('in different custom fields: both hold', () => {
    const found = compare(BEFORE, now({ custom_fields: { site: 'south', floor: 2 } }), custom({ floor: 3 }))
    expect([found.clashes, found.free]).toEqual([[], { custom_fields: { floor: 3 } }])
  })

  it('in one custom field: that one is asked, the other goes on', () => {
    const found = compare(
      BEFORE,
      now({ custom_fields: { site: 'south', floor: 2 } }),
      custom({ site: 'west', floor: 3 }),
    )
    expect(found.free).toEqual({ custom_fields: { floor: 3 } })
    expect(found.clashes).toEqual([
      { field: 'custom_fields', before: { site: 'north' }, mine: { site: 'west' }, theirs: { site: 'south' } },
    ])
  })

  it('in the status: a step that another took is not undone by accident', () => {
    const found = compare(BEFORE, now({ status: 'solved' }), { status: 'pending' })
    expect(found.clashes).toEqual([{ field: 'status', before: 'open', mine: 'pending', theirs: 'solved' }])
  })
})

describe('what is sent after the choice', () => {
  const found = compare(BEFORE, now({ subject: 'Lamp', custom_fields: { site: 'south', floor: 2 } }), {
    subject: 'The lamp is out',
    priority: 'urgent',
    ...custom({ site: 'west', floor: 3 }),
  })

  it('leaves what is there where theirs was kept', () => {
    expect(resolve(found, new Set())).toEqual({ priority: 'urgent', custom_fields: { floor: 3 } })
  })

  it('has everything of ours where ours was kept', () => {
    expect(resolve(found, new Set(found.clashes))).toEqual({
      subject: 'The lamp is out',
      priority: 'urgent',
      custom_fields: { floor: 3, site: 'west' },
    })
  })
})

describe('merged tags', () => {
  it.each([
    [['a'], ['a', 'b'], ['a', 'c'], ['a', 'b', 'c']],
    [['a', 'b'], ['a', 'b'], [], []],
    [['a', 'b'], ['b', 'c'], ['a'], ['c']],
    [[], ['x'], ['x'], ['x']],
  ])('of %j, theirs %j, ours %j', (before, theirs, mine, merged) => {
    expect(mergeTags(before, theirs, mine)).toEqual(merged)
  })
})

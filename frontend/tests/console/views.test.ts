import { describe, expect, it } from 'vitest'

import { noFilters, type TicketFilters } from '@/console/list/filters'
import { QUEUES } from '@/console/list/queues'
import { filtersOf, savedAs, sharingsOf } from '@/console/list/views'

const EVERYTHING: TicketFilters = {
  ...noFilters(),
  q: 'paper "jam"',
  status: ['new', 'on_hold'],
  tag: ['a, b', 'größe'],
  assignee: ['me', 'none'],
  sort: '-created_at',
}

describe('a view', () => {
  it.each([{ id: 'everything', filters: EVERYTHING }, ...QUEUES])(
    'gives back the filters that were saved: $id',
    (kept) => {
      expect(filtersOf(savedAs(kept.filters) as Parameters<typeof filtersOf>[0])).toEqual(kept.filters)
    },
  )

  it('shows what the desk knows of a view that a program made', () => {
    const query = { status: ['open', 'lost'], created_after: '2026-01-01' }
    const view = { query, sort: 'number' } as unknown as Parameters<typeof filtersOf>[0]
    expect(filtersOf(view)).toEqual({ ...noFilters(), status: ['open'] })
  })
})

describe('sharing', () => {
  it('is for members of groups, and with everybody for admins', () => {
    expect(sharingsOf({ isAdmin: false, groups: 0 })).toEqual(['me'])
    expect(sharingsOf({ isAdmin: false, groups: 2 })).toEqual(['me', 'group'])
    expect(sharingsOf({ isAdmin: true, groups: 0 })).toEqual(['me', 'group', 'everybody'])
  })
})

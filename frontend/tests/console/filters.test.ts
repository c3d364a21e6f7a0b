import { describe, expect, it } from 'vitest'
import { parseQuery, stringifyQuery } from 'vue-router'

import {
  countFilters,
  fromQuery,
  noFilters,
  sameFilters,
  type TicketFilters,
  toParameters,
  toQuery,
} from '@/console/list/filters'
import { QUEUES } from '@/console/list/queues'

const throughAddress = (filters: TicketFilters) => fromQuery(parseQuery(stringifyQuery(toQuery(filters))))

const EVERYTHING: TicketFilters = {
  q: 'paper "jam" -scanner & more',
  status: ['new', 'on_hold'],
  priority: ['urgent'],
  type: ['incident'],
  tag: ['a, b', 'größe'],
  assignee: ['me', 'none'],
  requester: ['019b76da-a800-7b24-95f2-204eedc06750'],
  group: ['none'],
  organization: [],
  sort: '-created_at',
}

describe('filters and the address', () => {
  it.each([{ id: 'nothing', filters: noFilters() }, { id: 'everything', filters: EVERYTHING }, ...QUEUES])(
    'are the same after a way through it: $id',
    ({ filters }) => {
      expect(throughAddress(filters)).toEqual(filters)
    },
  )

  it('leave out what we do not know', () => {
    const filters = fromQuery(parseQuery('status=open,nonsense&sort=price&priority=__proto__'))
    expect(filters).toEqual({ ...noFilters(), status: ['open'] })
  })

  it('say nothing of what is usual, so that two ways to a list are one address', () => {
    expect(toQuery(noFilters())).toEqual({})
    expect(toQuery({ ...noFilters(), q: 'jam', sort: 'relevance' })).toEqual({ q: 'jam' })
  })

  it('do not depend on the order in which they were chosen', () => {
    const [one, other] = [fromQuery(parseQuery('status=pending,new')), fromQuery(parseQuery('status=new,pending'))]
    expect(sameFilters(one, other)).toBe(true)
  })

  it('are counted by kind', () => {
    expect(countFilters(EVERYTHING)).toBe(7)
  })
})

describe('what the query API is asked', () => {
  it('never is a relevance without words', () => {
    expect(toParameters({ ...noFilters(), sort: 'relevance' })).toEqual({ sort: '-updated_at' })
  })

  it('has each value by itself', () => {
    expect(toParameters(EVERYTHING)).toMatchObject({
      status: ['new', 'on_hold'],
      tag: ['a, b', 'größe'],
      q: EVERYTHING.q,
    })
    expect(toParameters(EVERYTHING)).not.toHaveProperty('organization')
  })
})

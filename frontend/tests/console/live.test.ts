import { QueryClient } from '@tanstack/vue-query'
import { beforeEach, describe, expect, it } from 'vitest'

import { keys } from '@/app/keys'
import { refreshTicket } from '@/console/live'

describe('a ticket that changed', () => {
  let client: QueryClient
  const isOutOfDate = (key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated

  beforeEach(() => {
    client = new QueryClient()
    client.setQueryData(keys.ticket('93'), { id: 'a', number: 93, version: 4 })
    client.setQueryData(keys.ticket('94'), { id: 'b', number: 94, version: 1 })
    client.setQueryData(keys.history('a'), { pages: [] })
  })

  it('is asked for again, by whichever name it is shown, with its history', () => {
    refreshTicket(client, 'a', 5)
    expect([keys.ticket('93'), keys.ticket('94'), keys.history('a')].map(isOutOfDate)).toEqual([true, false, true])
  })

  it('by ourselves is not: what is shown is as new', () => {
    refreshTicket(client, 'a', 4)
    expect(isOutOfDate(keys.ticket('93'))).toBe(false)
  })
})

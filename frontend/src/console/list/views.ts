import { useQuery, useQueryClient } from '@tanstack/vue-query'
import type { LocationQuery } from 'vue-router'

import { answerOf, commands, idempotencyKey, ifMatch, queries } from '@/api/client'
import type { Commands, View } from '@/api/schemas'
import { keys } from '@/app/keys'

import { fromQuery, type TicketFilters, toParameters } from './filters'

export const SHARINGS = ['me', 'group', 'everybody'] as const
export type Sharing = (typeof SHARINGS)[number]
export interface ViewDetails {
  name: string
  shared_with: Sharing
  group_id: string | null
}

/** Saved filters: the own ones and those that others share. */
export function useViews() {
  return useQuery({
    queryKey: keys.views,
    queryFn: ({ signal }) => answerOf(queries().GET('/v1/views', { signal })),
    staleTime: 60_000,
  })
}

/** The list that a view shows. What the desk has no filter for is left out. */
export function filtersOf(view: Pick<View, 'query' | 'sort'>): TicketFilters {
  return fromQuery({ ...view.query, sort: view.sort } as LocationQuery)
}

export function savedAs(filters: TicketFilters): { query: Commands['ViewQuery']; sort: string } {
  const { sort, ...query } = toParameters(filters)
  return { query, sort }
}

/** With whom somebody may share: agents with groups of theirs, admins with everybody. */
export function sharingsOf(user: { isAdmin: boolean; groups: number }): Sharing[] {
  return SHARINGS.filter((sharing) => sharing === 'me' || user.isAdmin || (sharing === 'group' && user.groups > 0))
}

export function useViewCommands() {
  const client = useQueryClient()
  async function done<Saved>(asked: Promise<Saved>): Promise<void> {
    await asked
    await Promise.all([keys.views, keys.counts].map((queryKey) => client.invalidateQueries({ queryKey })))
  }
  return {
    create: (details: ViewDetails, filters: TicketFilters) =>
      done(
        answerOf(
          commands().POST('/v1/views', {
            params: { header: idempotencyKey() },
            body: { ...details, ...savedAs(filters) },
          }),
        ),
      ),
    change: (view: View, details: ViewDetails) =>
      done(
        answerOf(
          commands().PATCH('/v1/views/{view_id}', {
            params: { path: { view_id: view.id }, header: ifMatch(view.version) },
            body: details,
          }),
        ),
      ),
    remove: (view: View) =>
      done(
        answerOf(
          commands().DELETE('/v1/views/{view_id}', {
            params: { path: { view_id: view.id }, header: ifMatch(view.version) },
          }),
        ),
      ),
  }
}

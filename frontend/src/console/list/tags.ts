import { queryOptions } from '@tanstack/vue-query'

import { answerOf, queries } from '@/api/client'

/** The tags that are used most, as the search counts them. */
export const knownTags = queryOptions({
  queryKey: ['tags'],
  queryFn: async ({ signal }) => {
    const query = { q: '', facets: 'tags', limit: 1 }
    const found = await answerOf(queries().GET('/v1/search/tickets', { params: { query }, signal }))
    return (found.facets?.tags ?? []).map(({ value }) => value)
  },
  staleTime: 300_000,
})

import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

import { answerOf, queries } from '@/api/client'
import type { Queries, TicketItem } from '@/api/schemas'
import { keys } from '@/app/keys'

import { type TicketFilters, toParameters } from './filters'

const PAGE = 50

export type ListedTicket = TicketItem & { highlights?: Record<string, string[]> }
type Page = Queries['TicketList'] | Queries['TicketSearchResult']

async function page(filters: TicketFilters, cursor: string | undefined, signal: AbortSignal): Promise<Page> {
  const { q, ...rest } = toParameters(filters)
  const query = { ...rest, limit: PAGE, cursor }
  if (q) return answerOf(queries().GET('/v1/search/tickets', { params: { query: { ...query, q } }, signal }))
  return answerOf(queries().GET('/v1/tickets', { params: { query }, signal }))
}

/** One list, page after page; with words to search for, it is a search. */
export function useTicketList(filters: Ref<TicketFilters>) {
  const list = useInfiniteQuery({
    queryKey: computed(() => keys.list(toParameters(filters.value))),
    queryFn: ({ pageParam, signal }) => page(filters.value, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const rows = computed<ListedTicket[]>(
    () => list.data.value?.pages.flatMap(({ items }) => items as ListedTicket[]) ?? [],
  )
  const total = computed(() => {
    const first = list.data.value?.pages[0]
    return first && 'total' in first ? first.total : null
  })
  const complete = computed(() => list.data.value?.pages.every((each) => each.complete) ?? true)
  return { ...list, rows, total, complete }
}

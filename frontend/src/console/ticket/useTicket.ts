import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

import { answerOf, queries } from '@/api/client'
import type { Message, Ticket } from '@/api/schemas'
import { keys } from '@/app/keys'

const EARLIER = 50

export function readTicket(name: string, signal?: AbortSignal): Promise<Ticket> {
  return answerOf(queries().GET('/v1/tickets/{ticket_id}', { params: { path: { ticket_id: name } }, signal }))
}

export function useTicket(name: Ref<string>) {
  return useQuery({
    queryKey: computed(() => keys.ticket(name.value)),
    queryFn: ({ signal }) => readTicket(name.value, signal),
  })
}

/** A ticket comes with its newest messages; those before are asked for on demand. */
export function useThread(ticket: Ref<Ticket | undefined>) {
  const id = computed(() => ticket.value?.id ?? '')
  const earlier = useInfiniteQuery({
    queryKey: computed(() => keys.messages(id.value)),
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        queries().GET('/v1/tickets/{ticket_id}/messages', {
          params: { path: { ticket_id: id.value }, query: { sort: '-created_at', limit: EARLIER, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: false,
    placeholderData: keepPreviousData,
  })
  const messages = computed(() =>
    inOrder(ticket.value?.messages ?? [], earlier.data.value?.pages.flatMap((page) => page.items) ?? []),
  )
  const missing = computed(() => Math.max(0, (ticket.value?.message_count ?? 0) - messages.value.length))
  const more = () => (earlier.data.value ? earlier.fetchNextPage() : earlier.refetch())
  return { messages, missing, more, isLoadingMore: earlier.isFetching }
}

export function inOrder(newest: readonly Message[], earlier: readonly Message[]): Message[] {
  const known = new Map([...earlier, ...newest].map((message) => [message.id, message]))
  return [...known.values()].sort((a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id))
}

/** Shows a ticket as it will be, at once; the returned function takes that back. */
export function useOptimisticTicket() {
  const client = useQueryClient()
  return (id: string, change: (ticket: Ticket) => Ticket): (() => void) => {
    const found = client.getQueriesData<Ticket>({ queryKey: ['ticket'] }).filter(([, ticket]) => ticket?.id === id)
    for (const [key, ticket] of found) if (ticket) client.setQueryData(key, change(ticket))
    return () => {
      for (const [key, ticket] of found) client.setQueryData(key, ticket)
    }
  }
}

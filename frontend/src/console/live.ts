import { type QueryClient, useQueryClient } from '@tanstack/vue-query'
import { onBeforeUnmount, onMounted, readonly, ref } from 'vue'

import { type Changed, type ChangeKind, listen } from '@/api/events'
import type { Ticket } from '@/api/schemas'
import { keys } from '@/app/keys'

// By its id a resource is as new as its event; lists and searches show it with their next refresh, a second later at most.
const LISTS_AFTER_MS = 1_200
// A timer of a browser may be early by so much.
const SLACK_MS = 50

const connected = ref(true)
export const isLive = readonly(connected)

/** What other people change appears by itself. */
export function useLiveUpdates(): void {
  const client = useQueryClient()
  let stop = () => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  let newest = 0

  // Once for all events of that time, also where they never stop; and once more for those that came late in it.
  function refreshLists(): void {
    newest = Date.now()
    timer ??= setTimeout(askAnew, LISTS_AFTER_MS)
  }

  function askAnew(): void {
    timer = Date.now() - newest < LISTS_AFTER_MS - SLACK_MS ? setTimeout(askAnew, LISTS_AFTER_MS) : undefined
    for (const queryKey of [keys.lists, keys.counts]) void client.invalidateQueries({ queryKey })
  }

  function onChange(kind: ChangeKind, { id, ticket_id: ticketId, version }: Changed): void {
    if (kind.startsWith('document.')) {
      void client.invalidateQueries({ queryKey: keys.documents })
      void client.invalidateQueries({ queryKey: keys.document(id) })
      return
    }
    refreshTicket(client, ticketId ?? id, version)
    refreshLists()
  }

  onMounted(() => {
    stop = listen({
      onChange,
      onPresence: (id) => void client.invalidateQueries({ queryKey: keys.presence(id) }),
      onResync: () => void client.invalidateQueries(),
      onState: (state) => (connected.value = state),
    })
  })
  onBeforeUnmount(() => {
    stop()
    clearTimeout(timer)
  })
}

/** A ticket that is shown, unless what is shown is as new already: then it was our own change. */
export function refreshTicket(client: QueryClient, id: string, version: number): void {
  void client.invalidateQueries({
    predicate: ({ queryKey, state }) => {
      const shown = state.data as Ticket | undefined
      return queryKey[0] === 'ticket' && shown?.id === id && shown.version < version
    },
  })
  void client.invalidateQueries({ queryKey: keys.history(id) })
}

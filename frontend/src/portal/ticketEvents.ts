import { useQueryClient } from '@tanstack/vue-query'
import { onScopeDispose } from 'vue'

import { listen } from '@/api/events'

/** While a page of tickets is open, what others do is shown as it happens. */
export function useTicketEvents(): void {
  const client = useQueryClient()
  const stop = listen({
    onChange(kind, { id, ticket_id }) {
      if (kind.startsWith('document.')) return
      void client.invalidateQueries({ queryKey: ['portal', 'tickets'] })
      const changed = ticket_id ?? id
      void client.invalidateQueries({
        queryKey: ['portal', 'ticket'],
        predicate: ({ state }) => (state.data as { id?: string } | undefined)?.id === changed,
      })
    },
    onResync: () => void client.invalidateQueries({ queryKey: ['portal'] }),
  })
  onScopeDispose(stop)
}

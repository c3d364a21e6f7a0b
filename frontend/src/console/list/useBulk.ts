import { useQueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { answerOf, commands, idempotencyKey, ifMatch } from '@/api/client'
import { keys } from '@/app/keys'
import { useToasts } from '@/ui/toasts'

import type { Changes } from '../ticket/conflict'
import { readTicket } from '../ticket/useTicket'
import type { ListedTicket } from './useTicketList'

// Enough to be quick, few enough to leave the server to others.
const AT_ONCE = 4

/** The same change for many tickets, one command each: what fails is told, and the rest is done. */
export function useBulk() {
  const client = useQueryClient()
  const toasts = useToasts()
  const { t } = useI18n()
  const progress = ref<{ done: number; of: number } | null>(null)

  async function one(ticket: ListedTicket, { status, ...fields }: Changes): Promise<void> {
    const path = { ticket_id: ticket.id }
    // A list may be a second behind; a change of many fields at once is meant for whatever is there now.
    const { version } = await readTicket(ticket.id)
    if (status) {
      const header = { ...ifMatch(version), ...idempotencyKey() }
      await answerOf(commands().POST('/v1/tickets/{ticket_id}/status', { params: { path, header }, body: { status } }))
    } else {
      await answerOf(
        commands().PATCH('/v1/tickets/{ticket_id}', { params: { path, header: ifMatch(version) }, body: fields }),
      )
    }
  }

  /** Whether all of it was done. */
  async function run(tickets: ListedTicket[], changes: Changes): Promise<boolean> {
    const waiting = [...tickets]
    const failures: unknown[] = []
    progress.value = { done: 0, of: tickets.length }
    async function work(): Promise<void> {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await one(next, changes).catch((error: unknown) => failures.push(error))
        if (progress.value) progress.value.done += 1
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    progress.value = null
    for (const queryKey of [keys.lists, keys.counts, ['ticket']]) void client.invalidateQueries({ queryKey })
    if (failures.length > 0)
      toasts.failed(t('bulk.failed', { failed: failures.length, of: tickets.length }), failures[0])
    else toasts.done(t('bulk.done', { count: tickets.length }))
    return failures.length === 0
  }

  return { run, progress }
}

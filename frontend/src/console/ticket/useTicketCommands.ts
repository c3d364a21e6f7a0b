import { useQueryClient } from '@tanstack/vue-query'
import { type Ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { answerOf, commands, idempotencyKey, ifMatch } from '@/api/client'
import { asProblem } from '@/api/problems'
import type { Ticket, TicketStatus, Visibility } from '@/api/schemas'
import { keys } from '@/app/keys'
import { useToasts } from '@/ui/toasts'

import { type Changes, compare, type Comparison } from './conflict'
import { readTicket, useOptimisticTicket } from './useTicket'

export interface Conflict {
  now: Ticket
  comparison: Comparison
}

/** Names for what a change is shown as until the server has answered. */
export interface Shown {
  assignee?: string
  group?: string
}

/** What an agent does to the ticket on the page. */
export function useTicketCommands(ticket: Ref<Ticket | undefined>) {
  const client = useQueryClient()
  const optimistic = useOptimisticTicket()
  const toasts = useToasts()
  const { t } = useI18n()
  /** Somebody else was faster, and only a person can say what holds. */
  const conflict = shallowRef<Conflict | null>(null)

  function outOfDate(id: string): void {
    for (const queryKey of [keys.lists, keys.counts, keys.history(id)]) void client.invalidateQueries({ queryKey })
  }

  async function change(wanted: Changes, shown: Shown = {}): Promise<void> {
    const before = ticket.value
    if (!before) return
    const undo = optimistic(before.id, (now) => applied(now, wanted, shown))
    try {
      await apply(before, before.version, wanted)
    } catch (error) {
      undo()
      const problem = asProblem(error)
      if (problem.isConflict) await meet(before, wanted)
      else toasts.failed(t('ticket.changeFailed'), problem)
    }
  }

  /** Both commands build on the version before them. */
  async function apply(base: Ticket, version: number, { status, ...fields }: Changes): Promise<void> {
    const path = { ticket_id: base.id }
    let now = version
    if (Object.keys(fields).length > 0) {
      const request = { params: { path, header: ifMatch(now) }, body: fields }
      now = (await answerOf(commands().PATCH('/v1/tickets/{ticket_id}', request))).version
    }
    if (status) {
      const request = { params: { path, header: { ...ifMatch(now), ...idempotencyKey() } }, body: { status } }
      now = (await answerOf(commands().POST('/v1/tickets/{ticket_id}/status', request))).version
    }
    optimistic(base.id, (shown) => ({ ...shown, version: Math.max(shown.version, now) }))
    outOfDate(base.id)
  }

  /** What others changed elsewhere in the ticket stays, and our change goes on top of it; the rest is asked. */
  async function meet(before: Ticket, wanted: Changes): Promise<void> {
    try {
      const now = await readTicket(before.id)
      show(now)
      const comparison = compare(before, now, wanted)
      if (comparison.clashes.length > 0) conflict.value = { now, comparison }
      else {
        await apply(now, now.version, comparison.free)
        await refetch(before.id)
        toasts.done(t('ticket.mergedQuietly'))
      }
    } catch (error) {
      toasts.failed(t('ticket.changeFailed'), error)
    }
  }

  async function settle(changes: Changes): Promise<void> {
    const now = conflict.value?.now
    conflict.value = null
    if (now && Object.keys(changes).length > 0) await change(changes)
  }

  function show(now: Ticket): void {
    optimistic(now.id, () => now)
  }

  const refetch = (id: string) =>
    client.invalidateQueries({
      predicate: ({ queryKey, state }) => queryKey[0] === 'ticket' && (state.data as Ticket | undefined)?.id === id,
    })

  /** Throws where it does not work: the composer keeps the text. */
  async function send(
    body: string,
    visibility: Visibility,
    attachments: string[],
    key: string,
    then?: TicketStatus,
  ): Promise<void> {
    const current = ticket.value
    if (!current) return
    const request = {
      params: { path: { ticket_id: current.id }, header: { 'Idempotency-Key': key } },
      body: { body, visibility, attachment_ids: attachments },
    }
    const added = await answerOf(commands().POST('/v1/tickets/{ticket_id}/messages', request))
    await refetch(current.id)
    outOfDate(current.id)
    if (then) {
      optimistic(current.id, (now) => ({ ...now, version: Math.max(now.version, added.version) }))
      await change({ status: then })
    }
  }

  return { change, send, conflict, settle }
}

export function applied(ticket: Ticket, wanted: Changes, shown: Shown): Ticket {
  const { assignee_id: assignee, group_id: group, custom_fields: custom, ...plain } = wanted
  return {
    ...ticket,
    ...(Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)) as Partial<Ticket>),
    ...(assignee !== undefined && { assignee: assignee ? { id: assignee, name: shown.assignee ?? null } : null }),
    ...(group !== undefined && { group: group ? { id: group, name: shown.group ?? null } : null }),
    ...(custom && { custom_fields: { ...ticket.custom_fields, ...custom } }),
  }
}

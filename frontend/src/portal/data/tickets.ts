import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

import { answerOf, commands, idempotencyKey, ifMatch, queries } from '@/api/client'
import { asProblem } from '@/api/problems'
import type { Message, Queries, Ticket, TicketItem, TicketStatus } from '@/api/schemas'

export type Whose = 'mine' | 'organization'
export type State = 'open' | 'done' | 'all'

const PAGE = 20
const EARLIER_PAGE = 50
const LOOK_AGAIN_MS = 2_000
/** A ticket comes with so many of its newest messages; with fewer there are none before them. */
export const MESSAGES_WITH_TICKET = 20

const STATUSES: Record<State, TicketStatus[]> = {
  open: ['new', 'open', 'pending', 'on_hold'],
  done: ['solved', 'closed'],
  all: [],
}

export interface Filter {
  whose: Whose
  state: State
  q: string
  /** Of the caller. */
  organization: string | undefined
}

export function useTickets(filter: Ref<Filter>) {
  const pages = useInfiniteQuery({
    queryKey: ['portal', 'tickets', filter],
    queryFn: ({ pageParam, signal }) => page(filter.value, pageParam, PAGE, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const tickets = computed<Found[]>(() => (pages.data.value?.pages ?? []).flatMap(({ items }) => items))
  const complete = computed(() => (pages.data.value?.pages ?? []).every((one) => one.complete))
  return { pages, tickets, complete }
}

export type Found = TicketItem & Partial<Pick<Queries['TicketHit'], 'highlights'>>

function page(filter: Filter, cursor: string | undefined, limit: number, signal?: AbortSignal) {
  const query = {
    ...(filter.whose === 'mine' ? { requester: ['me'] } : { organization: [filter.organization ?? 'none'] }),
    ...(STATUSES[filter.state].length > 0 ? { status: STATUSES[filter.state] } : {}),
    limit,
    cursor,
  }
  const q = filter.q.trim()
  if (q !== '') return answerOf(queries().GET('/v1/search/tickets', { params: { query: { ...query, q } }, signal }))
  return answerOf(queries().GET('/v1/tickets', { params: { query: { ...query, sort: '-updated_at' } }, signal }))
}

/** For the front page: the newest of those that are not done. */
export function useOpenTickets(enabled: Ref<boolean>, limit: number) {
  return useQuery({
    queryKey: ['portal', 'tickets', 'newest'],
    enabled,
    queryFn: ({ signal }) =>
      page({ whose: 'mine', state: 'open', q: '', organization: undefined }, undefined, limit, signal),
    select: ({ items }) => items as TicketItem[],
  })
}

export function useOrganization(enabled: Ref<boolean>) {
  return useQuery({
    queryKey: ['portal', 'organization'],
    enabled,
    queryFn: ({ signal }) => answerOf(queries().GET('/v1/organizations', { params: { query: { limit: 1 } }, signal })),
    select: ({ items }) => items[0] ?? null,
  })
}

/** `expecting`: what was written a moment ago is not in it yet. */
export function useTicket(number: Ref<string>, expecting: Ref<boolean>) {
  return useQuery({
    queryKey: ['portal', 'ticket', number],
    // An event tells when it is there, too; but it may be the way of the events that is broken.
    refetchInterval: computed(() => (expecting.value ? LOOK_AGAIN_MS : (false as const))),
    queryFn: ({ signal }) => read(number.value, signal),
  })
}

function read(idOrNumber: string, signal?: AbortSignal): Promise<Ticket> {
  return answerOf(queries().GET('/v1/tickets/{ticket_id}', { params: { path: { ticket_id: idOrNumber } }, signal }))
}

/** Messages before those that came with the ticket: newest first, page by page, on demand. */
export function useEarlierMessages(ticket: Ref<Ticket | undefined>, asked: Ref<boolean>) {
  const pages = useInfiniteQuery({
    queryKey: ['portal', 'messages', computed(() => ticket.value?.id)],
    enabled: () => asked.value && ticket.value !== undefined,
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        queries().GET('/v1/tickets/{ticket_id}/messages', {
          params: {
            path: { ticket_id: ticket.value?.id ?? '' },
            query: { sort: '-created_at', limit: EARLIER_PAGE, cursor: pageParam },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const messages = computed<Message[]>(() => (pages.data.value?.pages ?? []).flatMap(({ items }) => items).reverse())
  return { pages, messages }
}

/** Oldest first, each once: pages and the ticket overlap. */
export function thread(earlier: readonly Message[], newest: readonly Message[]): Message[] {
  const known = new Set(newest.map(({ id }) => id))
  return [...earlier.filter(({ id }) => !known.has(id)), ...newest]
}

export interface NewTicket {
  subject: string
  body: string
  attachmentIds: string[]
  locale: string
}

export function useOpenTicket() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, ticket }: { key: ReturnType<typeof idempotencyKey>; ticket: NewTicket }) =>
      answerOf(
        commands().POST('/v1/tickets', {
          params: { header: key },
          body: {
            subject: ticket.subject,
            body: ticket.body,
            locale: ticket.locale,
            ...(ticket.attachmentIds.length > 0 ? { attachment_ids: ticket.attachmentIds } : {}),
          },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['portal', 'tickets'] }),
  })
}

/** What was sent, as long as the query API does not know it. */
export interface Sent {
  id: string
  body: string
}

export interface Reply {
  ticketId: string
  body: string
  attachmentIds: string[]
}

export function useReply() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ key, reply }: { key: ReturnType<typeof idempotencyKey>; reply: Reply }) =>
      answerOf(
        commands().POST('/v1/tickets/{ticket_id}/messages', {
          params: { path: { ticket_id: reply.ticketId }, header: key },
          body: {
            body: reply.body,
            visibility: 'public',
            ...(reply.attachmentIds.length > 0 ? { attachment_ids: reply.attachmentIds } : {}),
          },
        }),
      ),
    // Not awaited: the page shows what was sent by itself until it comes.
    onSuccess: ({ ticket_id, version }) => {
      noteOwnChange(client, ticket_id, version, {})
      void refreshed(client)
    },
  })
}

export function useStatusStep() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ ticket, to }: { ticket: Ticket; to: TicketStatus }) => {
      try {
        return await takeStep(ticket, to)
      } catch (error) {
        // Agents also write what a customer never sees: that is no reason to ask again.
        const now = asProblem(error).isConflict ? await read(ticket.id) : null
        if (now === null || !looksTheSame(now, ticket)) throw error
        return takeStep(now, to)
      }
    },
    onSuccess: ({ id, version, status }) => noteOwnChange(client, id, version, { status }),
    // Also after a refusal: what the person sees is what led to it.
    onSettled: () => refreshed(client),
  })
}

function takeStep(seen: Ticket, to: TicketStatus) {
  return answerOf(
    commands().POST('/v1/tickets/{ticket_id}/status', {
      params: { path: { ticket_id: seen.id }, header: { ...ifMatch(seen.version), ...idempotencyKey() } },
      body: { status: to },
    }),
  )
}

export function looksTheSame(now: Ticket, before: Ticket): boolean {
  return now.status === before.status && now.messages.at(-1)?.id === before.messages.at(-1)?.id
}

/** So that one's own change is seen before it is projected, and does not count as somebody else's. */
function noteOwnChange(client: QueryClient, id: string, version: number, changes: Partial<Ticket>): void {
  client.setQueriesData<Ticket>({ queryKey: ['portal', 'ticket'] }, (known) =>
    known?.id === id && version === known.version + 1 ? { ...known, ...changes, version } : known,
  )
}

async function refreshed(client: QueryClient): Promise<void> {
  void client.invalidateQueries({ queryKey: ['portal', 'tickets'] })
  void client.invalidateQueries({ queryKey: ['portal', 'messages'] })
  await client.invalidateQueries({ queryKey: ['portal', 'ticket'] })
}

/** What the state machine lets a requester do (domain/tickets/policies.py): say that it is solved, or reopen it. */
export function ownStep(ticket: Ticket, userId: string | undefined): TicketStatus | null {
  if (ticket.requester.id !== userId || ticket.status === 'closed') return null
  return ticket.status === 'solved' ? 'open' : 'solved'
}

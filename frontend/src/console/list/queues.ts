import { CircleUserRound, Clock, Inbox, Layers, type LucideIcon, CircleCheck, UserRoundX } from '@lucide/vue'

import type { Queries, TicketStatus } from '@/api/schemas'

import { noFilters, type TicketFilters } from './filters'

type Counts = Queries['Counts']

/** A list that everybody has. Those of groups and those a person saved come beside them. */
export interface Queue {
  id: 'mine' | 'unassigned' | 'open' | 'waiting' | 'solved' | 'all'
  icon: LucideIcon
  filters: TicketFilters
  count?: (counts: Counts) => number
}

/** What still wants somebody to do something. */
export const ACTIVE: TicketStatus[] = ['new', 'open']
const WAITING: TicketStatus[] = ['pending', 'on_hold']
const RESOLVED: TicketStatus[] = ['solved', 'closed']

const sum = (counted: Queries['Counted'] | null, statuses: readonly TicketStatus[]): number =>
  statuses.reduce((total, status) => total + (counted?.by_status[status] ?? 0), 0)

export const QUEUES: readonly Queue[] = [
  {
    id: 'mine',
    icon: CircleUserRound,
    filters: { ...noFilters(), assignee: ['me'], status: [...ACTIVE, ...WAITING] },
    count: ({ mine }) => sum(mine, [...ACTIVE, ...WAITING]),
  },
  {
    id: 'unassigned',
    icon: UserRoundX,
    filters: { ...noFilters(), assignee: ['none'], status: ACTIVE },
    count: ({ unassigned }) => sum(unassigned, ACTIVE),
  },
  { id: 'open', icon: Inbox, filters: { ...noFilters(), status: ACTIVE }, count: ({ all }) => sum(all, ACTIVE) },
  { id: 'waiting', icon: Clock, filters: { ...noFilters(), status: WAITING }, count: ({ all }) => sum(all, WAITING) },
  { id: 'solved', icon: CircleCheck, filters: { ...noFilters(), status: RESOLVED } },
  { id: 'all', icon: Layers, filters: noFilters() },
]

export function ofGroup(groupId: string): TicketFilters {
  return { ...noFilters(), group: [groupId], status: ACTIVE }
}

export function countOfGroup(group: Queries['CountedGroup']): number {
  return ACTIVE.reduce((total, status) => total + (group.by_status[status] ?? 0), 0)
}

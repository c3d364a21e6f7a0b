import type { LocationQuery, LocationQueryRaw, LocationQueryValue } from 'vue-router'

import type { TicketPriority, TicketStatus, TicketType } from '@/api/schemas'

/** What a ticket list shows. It lives in the address, so that a list can be bookmarked, shared and gone back to. */
export interface TicketFilters {
  q: string
  status: TicketStatus[]
  priority: TicketPriority[]
  type: TicketType[]
  tag: string[]
  /** Ids, `me` or `none`. */
  assignee: string[]
  requester: string[]
  group: string[]
  organization: string[]
  sort: Sort
}

export const STATUSES = [
  'new',
  'open',
  'pending',
  'on_hold',
  'solved',
  'closed',
] as const satisfies readonly TicketStatus[]
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const satisfies readonly TicketPriority[]
export const TYPES = ['question', 'incident', 'problem', 'task'] as const satisfies readonly TicketType[]
export const SORTS = [
  '-updated_at',
  'updated_at',
  '-created_at',
  'created_at',
  '-priority',
  '-number',
  'relevance',
] as const
export type Sort = (typeof SORTS)[number]

const PEOPLE = ['assignee', 'requester', 'group', 'organization'] as const
const DEFAULT_SORT: Sort = '-updated_at'

export function noFilters(): TicketFilters {
  return {
    q: '',
    status: [],
    priority: [],
    type: [],
    tag: [],
    assignee: [],
    requester: [],
    group: [],
    organization: [],
    sort: DEFAULT_SORT,
  }
}

/** Whatever an address says that we do not know is left out. */
export function fromQuery(query: LocationQuery): TicketFilters {
  const q = one(query.q)
  return {
    q,
    status: known(STATUSES, query.status),
    priority: known(PRIORITIES, query.priority),
    type: known(TYPES, query.type),
    // A tag may have a comma in it.
    tag: all(query.tag),
    assignee: listed(query.assignee),
    requester: listed(query.requester),
    group: listed(query.group),
    organization: listed(query.organization),
    sort: SORTS.find((sort) => sort === one(query.sort)) ?? (q ? 'relevance' : DEFAULT_SORT),
  }
}

export function toQuery(filters: TicketFilters): LocationQueryRaw {
  const usual = filters.q ? 'relevance' : DEFAULT_SORT
  return {
    ...(filters.q && { q: filters.q }),
    ...joined('status', filters.status),
    ...joined('priority', filters.priority),
    ...joined('type', filters.type),
    ...(filters.tag.length > 0 && { tag: filters.tag }),
    ...Object.assign({}, ...PEOPLE.map((name) => joined(name, filters[name]))),
    ...(filters.sort !== usual && { sort: filters.sort }),
  }
}

/** As the query API takes it; lists know no relevance. */
export function toParameters({ q, sort, ...lists }: TicketFilters) {
  const said = Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0))
  const sorted = q || sort !== 'relevance' ? sort : DEFAULT_SORT
  return { ...said, sort: sorted, ...(q && { q }) } as Partial<Omit<TicketFilters, 'q' | 'sort'>> & {
    sort: Sort
    q?: string
  }
}

export function sameFilters(left: TicketFilters, right: TicketFilters): boolean {
  return JSON.stringify(toQuery(left)) === JSON.stringify(toQuery(right))
}

export function countFilters(filters: TicketFilters): number {
  const { status, priority, type, tag, assignee, requester, group, organization } = filters
  return [status, priority, type, tag, assignee, requester, group, organization].filter((said) => said.length > 0)
    .length
}

type Said = LocationQueryValue | LocationQueryValue[] | undefined

const all = (said: Said): string[] => [said ?? []].flat().filter((value): value is string => Boolean(value))
const one = (said: Said): string => all(said)[0] ?? ''
const listed = (said: Said): string[] =>
  all(said)
    .flatMap((value) => value.split(','))
    .filter(Boolean)
const known = <Value extends string>(values: readonly Value[], said: Said): Value[] =>
  values.filter((value) => listed(said).includes(value))
const joined = (name: string, values: readonly string[]) => (values.length > 0 ? { [name]: values.join(',') } : {})

import type { Commands, Ticket } from '@/api/schemas'

/** What somebody wants to change in a ticket, as the command takes it, and the step of its status. */
export type Changes = Commands['ChangeTicketBody'] & { status?: Commands['TicketStatus'] }
export type ChangedField = keyof Changes

export interface Difference {
  field: ChangedField
  before: unknown
  mine: unknown
  theirs: unknown
}

export interface Comparison {
  /** Both changed it, and not to the same: a person has to say which. */
  clashes: Difference[]
  /** What can go on as it was meant. */
  free: Changes
  /** Fields that only they changed. */
  theirs: ChangedField[]
}

const FIELDS = ['subject', 'status', 'priority', 'type', 'assignee_id', 'group_id', 'tags', 'custom_fields'] as const

/** A ticket as the command would write it. */
export function valueOf(ticket: Ticket, field: ChangedField): unknown {
  if (field === 'assignee_id') return ticket.assignee?.id ?? null
  if (field === 'group_id') return ticket.group?.id ?? null
  return ticket[field as keyof Ticket]
}

export function same(left: unknown, right: unknown): boolean {
  return stable(left) === stable(right)
}

/**
 * `before` is the ticket that the change was made on, `now` the one that is there. Tags and custom fields are merged value by
 * value: what one adds and what another removes does not clash.
 */
export function compare(before: Ticket, now: Ticket, wanted: Changes): Comparison {
  const found: Comparison = { clashes: [], free: {}, theirs: [] }
  for (const field of FIELDS) {
    const [was, theirs] = [valueOf(before, field), valueOf(now, field)]
    const theyChanged = !same(was, theirs)
    if (!(field in wanted)) {
      if (theyChanged) found.theirs.push(field)
      continue
    }
    const mine = wanted[field]
    if (!theyChanged) put(found.free, field, mine)
    else if (field === 'tags')
      put(found.free, field, mergeTags(was as string[], theirs as string[], (mine ?? []) as string[]))
    else if (field === 'custom_fields') compareCustom(found, was as Values, theirs as Values, (mine ?? {}) as Values)
    else if (!same(mine, theirs)) found.clashes.push({ field, before: was, mine, theirs })
  }
  return found
}

/** What is sent after a person has chosen, field by field. */
export function resolve(comparison: Comparison, mine: ReadonlySet<Difference>): Changes {
  const changes: Changes = { ...comparison.free }
  for (const clash of comparison.clashes) {
    if (!mine.has(clash)) continue
    if (clash.field === 'custom_fields') {
      changes.custom_fields = { ...changes.custom_fields, ...(clash.mine as object) } as Changes['custom_fields']
    } else put(changes, clash.field, clash.mine)
  }
  return changes
}

export function mergeTags(before: readonly string[], theirs: readonly string[], mine: readonly string[]): string[] {
  const removed = before.filter((tag) => !mine.includes(tag))
  const added = mine.filter((tag) => !before.includes(tag))
  return [...new Set([...theirs.filter((tag) => !removed.includes(tag)), ...added])]
}

type Values = Record<string, unknown>

/** A patch of custom fields names only those that change. */
function compareCustom(found: Comparison, before: Values, theirs: Values, mine: Values): void {
  const free: Values = {}
  for (const [key, value] of Object.entries(mine)) {
    const theyChanged = !same(before[key], theirs[key])
    if (theyChanged && !same(value, theirs[key])) {
      const [was, now] = [{ [key]: before[key] ?? null }, { [key]: theirs[key] ?? null }]
      found.clashes.push({ field: 'custom_fields', before: was, mine: { [key]: value }, theirs: now })
    } else free[key] = value
  }
  if (Object.keys(free).length > 0) put(found.free, 'custom_fields', free)
}

function put(changes: Changes, field: ChangedField, value: unknown): void {
  Object.assign(changes, { [field]: value })
}

function stable(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return JSON.stringify(value.map(stable))
  return JSON.stringify(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, each]) => [key, stable(each)]),
  )
}

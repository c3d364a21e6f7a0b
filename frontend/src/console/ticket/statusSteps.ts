import type { TicketStatus } from '@/api/schemas'

import transitions from './transitions.json'

/** The steps of the state machine; a test holds the file against domain/tickets/status.py. The server has the last word. */
const STEPS = transitions as Record<TicketStatus, TicketStatus[]>

export function stepsFrom(status: string): readonly TicketStatus[] {
  return STEPS[status as TicketStatus] ?? []
}

/** The one step that the big button offers. */
export function mainStep(status: string): TicketStatus | null {
  const steps = stepsFrom(status)
  if (steps.includes('solved')) return 'solved'
  return steps[0] ?? null
}

/** The steps that all of several tickets can take. */
export function stepsOfAll(statuses: readonly string[]): readonly TicketStatus[] {
  const [first, ...others] = [...new Set(statuses)]
  if (first === undefined) return []
  return stepsFrom(first).filter((step) => others.every((other) => stepsFrom(other).includes(step)))
}

/**
 * The token of the newest write goes with the reads that follow, so that everybody sees their own change at once.
 * Reads of another aggregate ignore it, or wait for one refresh that is due within a second anyway.
 */
const CARRIED_FOR_MS = 15_000
// Longer than a projection takes, short enough for a page to come up without it.
const WAIT_S = 3

let newest: { token: string; until: number } | null = null

export function remember(token: string | null, now = Date.now()): void {
  if (token) newest = { token, until: now + CARRIED_FOR_MS }
}

export function carried(now = Date.now()): Record<string, string> {
  if (newest === null || newest.until <= now) return {}
  return { 'Consistency-Token': newest.token, Prefer: `wait=${WAIT_S}` }
}

export function forget(): void {
  newest = null
}

import { reactive, readonly } from 'vue'

export interface Freshness {
  asOf: Date | null
  lagMs: number
  stale: boolean
}

/** Reads the `Freshness` header, an RFC 8941 dictionary. */
export function parseFreshness(header: string | null): Freshness | null {
  if (!header) return null
  const asOf = /as_of="([^"]+)"/.exec(header)?.[1]
  const lag = /lag_ms=(\d+)/.exec(header)?.[1]
  return { asOf: asOf ? new Date(asOf) : null, lagMs: lag ? Number(lag) : 0, stale: /stale=\?1/.test(header) }
}

/** Below this nobody notices; above it people look for what they expect to see. */
export const WORTH_SAYING_MS = 2_000

const state = reactive<Freshness>({ asOf: null, lagMs: 0, stale: false })

export const freshness = readonly(state)

export function noteFreshness(header: string | null): void {
  const seen = parseFreshness(header)
  if (seen) Object.assign(state, seen)
}

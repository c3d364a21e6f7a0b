import { QueryClient } from '@tanstack/vue-query'

import { Problem } from '@/api/problems'

// Events tell what changed, so what is shown is not asked for again by the clock.
const FRESH_FOR_MS = 30_000
const TRIES = 3

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_FOR_MS,
        retry: (failures, error) => failures < TRIES && error instanceof Problem && error.isPassing,
        retryDelay: (failures, error) =>
          error instanceof Problem && error.retryAfterS !== null
            ? error.retryAfterS * 1000
            : Math.min(500 * 2 ** failures, 8_000),
      },
      // A command may have been done although its answer was lost: only its sender decides.
      mutations: { retry: false },
    },
  })
}

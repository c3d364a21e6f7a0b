import { useQuery } from '@tanstack/vue-query'
import type { MaybeRefOrGetter } from 'vue'

import { answerOf, queries } from '@/api/client'

import { keys } from './keys'

const ASKED_EVERY_MS = 2_000

/** How far everything is projected, over and over while it is wanted. */
export function useFreshnessReport(enabled: MaybeRefOrGetter<boolean> = true) {
  return useQuery({
    queryKey: keys.freshness,
    queryFn: ({ signal }) => answerOf(queries().GET('/v1/freshness', { signal })),
    enabled,
    refetchInterval: ASKED_EVERY_MS,
  })
}

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

import { answerOf, queries } from '@/api/client'
import { keys } from '@/app/keys'

const SHOWN = 20

/** Agents and admins whose name or address begins so; without words the newest. */
export function useAgents(q: Ref<string>, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => [...keys.people, 'agents', q.value]),
    queryFn: ({ signal }) =>
      answerOf(
        queries().GET('/v1/users', {
          params: { query: { q: q.value, role: ['agent', 'admin'], active: true, limit: SHOWN } },
          signal,
        }),
      ),
    enabled,
    placeholderData: keepPreviousData,
  })
}

export function usePeople(q: Ref<string>, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => [...keys.people, 'all', q.value]),
    queryFn: ({ signal }) =>
      answerOf(queries().GET('/v1/users', { params: { query: { q: q.value, active: true, limit: SHOWN } }, signal })),
    enabled,
    placeholderData: keepPreviousData,
  })
}

export function useGroups() {
  return useQuery({
    queryKey: keys.groups,
    queryFn: ({ signal }) => answerOf(queries().GET('/v1/groups', { params: { query: { limit: 100 } }, signal })),
    staleTime: 300_000,
  })
}

export function useTicketFields() {
  return useQuery({
    queryKey: keys.fields,
    queryFn: ({ signal }) => answerOf(queries().GET('/v1/ticket-fields', { signal })),
    staleTime: 300_000,
  })
}

import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

import { answerOf, queries } from '@/api/client'
import { keys } from '@/app/keys'

const PAGE = 50
const options = { initialPageParam: undefined as string | undefined, placeholderData: keepPreviousData } as const

export function useUsers(q: Ref<string>, role: Ref<'' | 'admin' | 'agent' | 'customer'>) {
  return useInfiniteQuery({
    ...options,
    queryKey: computed(() => [...keys.people, 'directory', q.value, role.value]),
    queryFn: ({ pageParam, signal }) => {
      const query = { q: q.value, role: role.value ? [role.value] : undefined, limit: PAGE, cursor: pageParam }
      return answerOf(queries().GET('/v1/users', { params: { query }, signal }))
    },
    getNextPageParam: (last) => last.next ?? undefined,
  })
}

export function useOrganizations(q: Ref<string>) {
  return useInfiniteQuery({
    ...options,
    queryKey: computed(() => [...keys.organizations, q.value]),
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        queries().GET('/v1/organizations', {
          params: { query: { q: q.value, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
  })
}

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

import { answerOf, commands, idempotencyKey, ifMatch, queries } from '@/api/client'
import type { Category, Document } from '@/api/schemas'
import { keys } from '@/app/keys'

import { type DocumentStatus, STATUSES, type Step } from './steps'

export interface Wanted {
  q: string
  status: DocumentStatus | null
  category: string | null
}

/** What agents work on, published or not. */
export function useDocumentList(wanted: Ref<Wanted>) {
  return useInfiniteQuery({
    queryKey: computed(() => [...keys.documents, 'list', wanted.value]),
    queryFn: ({ pageParam, signal }) => {
      const { q, status, category } = wanted.value
      const query = {
        state: status ? [status] : [...STATUSES],
        category: category ? [category] : undefined,
        limit: 50,
        cursor: pageParam,
      }
      return q
        ? answerOf(queries().GET('/v1/search/documents', { params: { query: { ...query, q } }, signal }))
        : answerOf(queries().GET('/v1/documents', { params: { query: { ...query, sort: '-updated_at' } }, signal }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
}

/** The working copy, or with `published` what readers see. */
export function useDocument(
  id: Ref<string>,
  locale: Ref<string | undefined>,
  copy: 'draft' | 'published',
  enabled?: Ref<boolean>,
) {
  return useQuery({
    queryKey: computed(() => [...keys.document(id.value), copy, locale.value ?? '']),
    queryFn: ({ signal }) =>
      answerOf(
        queries().GET('/v1/documents/{document_id}', {
          params: {
            path: { document_id: id.value },
            query: { locale: locale.value, state: copy === 'draft' ? 'draft' : undefined },
          },
          signal,
        }),
      ),
    enabled,
  })
}

export function useVersions(id: Ref<string>, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => [...keys.document(id.value), 'versions']),
    queryFn: ({ signal }) =>
      answerOf(
        queries().GET('/v1/documents/{document_id}/versions', { params: { path: { document_id: id.value } }, signal }),
      ),
    enabled,
  })
}

/** One version of the text. It never changes, so it is asked for once. */
export function useVersion(id: Ref<string>, locale: Ref<string>, number: Ref<number | undefined>) {
  return useQuery({
    queryKey: computed(() => [...keys.document(id.value), 'version', locale.value, number.value ?? 0]),
    queryFn: ({ signal }) =>
      answerOf(
        queries().GET('/v1/documents/{document_id}/versions/{number}', {
          params: { path: { document_id: id.value, number: number.value ?? 0 }, query: { locale: locale.value } },
          signal,
        }),
      ),
    enabled: computed(() => number.value !== undefined),
    staleTime: Infinity,
  })
}

/** How many readers it helped, and what the others miss. */
export function useFeedback(id: Ref<string>, locale: Ref<string>) {
  return useInfiniteQuery({
    queryKey: computed(() => [...keys.document(id.value), 'feedback', locale.value]),
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        queries().GET('/v1/documents/{document_id}/feedback', {
          params: { path: { document_id: id.value }, query: { locale: locale.value, limit: 20, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
}

export function useCategories() {
  return useQuery({
    queryKey: keys.categories,
    queryFn: ({ signal }) => answerOf(queries().GET('/v1/categories', { signal })),
    staleTime: 300_000,
  })
}

/** The tree as lines, for pickers. */
export function flatCategories(
  tree: readonly Category[],
  depth = 0,
): { value: string; label: string; depth: number }[] {
  return tree.flatMap((each) => [
    { value: each.id, label: each.name ?? '…', depth },
    ...flatCategories(each.children, depth + 1),
  ])
}

export function useDocumentCommands() {
  const client = useQueryClient()
  async function done<Saved>(asked: Promise<Saved>): Promise<Saved> {
    const saved = await asked
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.documents }),
      client.invalidateQueries({ queryKey: ['document'] }),
    ])
    return saved
  }
  return {
    create: (body: Parameters<typeof createBody>[0]) =>
      done(
        answerOf(commands().POST('/v1/documents', { body: createBody(body), params: { header: idempotencyKey() } })),
      ),
    write: (id: string, version: number, body: { title: string; body: string; locale: string }) =>
      done(
        answerOf(
          commands().PUT('/v1/documents/{document_id}/draft', {
            params: { path: { document_id: id }, header: ifMatch(version) },
            body,
          }),
        ),
      ),
    change: (id: string, version: number, body: object) =>
      done(
        answerOf(
          commands().PATCH('/v1/documents/{document_id}', {
            params: { path: { document_id: id }, header: ifMatch(version) },
            body,
          }),
        ),
      ),
    take: (
      step: Step,
      document: Pick<Document, 'id' | 'version' | 'locale'>,
      said: { comment?: string; publish_at?: string } = {},
    ) => {
      const params = {
        path: { document_id: document.id },
        header: { ...ifMatch(document.version), ...idempotencyKey() },
      }
      return done(
        answerOf(
          commands().POST(`/v1/documents/{document_id}/${step}`, {
            params,
            body: { locale: document.locale, ...said },
          }),
        ),
      )
    },
  }
}

function createBody(body: {
  title: string
  body: string
  locale: string
  category_id: string | null
  visibility: 'public' | 'customers' | 'agents'
}) {
  return body
}

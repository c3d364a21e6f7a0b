import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

import { answerOf, commands, idempotencyKey, queries } from '@/api/client'
import type { Queries } from '@/api/schemas'

import { inBestLocale } from '../locales'

export type ArticleHit = Queries['DocumentHit']
export type ArticleItem = Queries['DocumentItem']
export type Suggestion = Queries['Suggestion']

/** Each document counts once per locale, so a page of them needs room. */
const OVERVIEW_LIMIT = 50
const RESULTS_LIMIT = 20
const SUGGESTED = 5

export function useCategories(locale: Ref<string>) {
  return useQuery({
    queryKey: ['portal', 'categories', locale],
    queryFn: ({ signal }) =>
      answerOf(queries().GET('/v1/categories', { params: { query: { locale: locale.value } }, signal })),
    select: ({ items }) => items,
  })
}

/** The newest articles, and how many there are in each category. */
export function useOverview(locale: Ref<string>) {
  return useQuery({
    queryKey: ['portal', 'overview', locale],
    queryFn: ({ signal }) =>
      answerOf(
        queries().GET('/v1/documents', { params: { query: { limit: OVERVIEW_LIMIT, sort: '-updated_at' } }, signal }),
      ),
    select: ({ items }) => inBestLocale(items, locale.value),
  })
}

export function useArticlesOf(category: Ref<string>, locale: Ref<string>) {
  const pages = useInfiniteQuery({
    queryKey: ['portal', 'category', category],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        queries().GET('/v1/documents', {
          params: { query: { category: [category.value], limit: OVERVIEW_LIMIT, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const articles = computed(() =>
    inBestLocale(
      (pages.data.value?.pages ?? []).flatMap(({ items }) => items),
      locale.value,
    ),
  )
  return { pages, articles }
}

export function useArticle(slug: Ref<string>, locale: Ref<string>) {
  return useQuery({
    queryKey: ['portal', 'article', slug, locale],
    queryFn: ({ signal }) =>
      answerOf(
        queries().GET('/v1/documents/{document_id}', {
          params: { path: { document_id: slug.value }, query: { locale: locale.value } },
          signal,
        }),
      ),
  })
}

/** Each reader has one vote, and may change it. */
export async function giveFeedback(article: Queries['Document'], helpful: boolean, comment: string): Promise<void> {
  await answerOf(
    commands().POST('/v1/documents/{document_id}/feedback', {
      params: { path: { document_id: article.id }, header: idempotencyKey() },
      body: { helpful, locale: article.locale, ...(comment && { comment }) },
    }),
  )
}

/** Of the same category, without the one that is read. */
export function useRelated(article: Ref<Queries['Document'] | undefined>, locale: Ref<string>) {
  const category = computed(() => article.value?.category?.id)
  return useQuery({
    queryKey: ['portal', 'related', category],
    enabled: () => category.value !== undefined,
    queryFn: ({ signal }) =>
      answerOf(
        queries().GET('/v1/documents', {
          params: { query: { category: [category.value ?? ''], limit: RESULTS_LIMIT } },
          signal,
        }),
      ),
    select: ({ items }) =>
      inBestLocale(items, locale.value)
        .filter(({ id }) => id !== article.value?.id)
        .slice(0, SUGGESTED),
  })
}

export function useArticleSearch(q: Ref<string>, category: Ref<string | undefined>, locale: Ref<string>) {
  const pages = useInfiniteQuery({
    queryKey: ['portal', 'search', q, category],
    enabled: () => q.value.trim() !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        queries().GET('/v1/search/documents', {
          params: {
            query: {
              q: q.value,
              facets: 'category',
              limit: RESULTS_LIMIT,
              cursor: pageParam,
              ...(category.value ? { category: [category.value] } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const hits = computed(() =>
    inBestLocale(
      (pages.data.value?.pages ?? []).flatMap(({ items }) => items),
      locale.value,
    ),
  )
  const facets = computed(() => pages.data.value?.pages[0]?.facets?.category ?? [])
  return { pages, hits, facets }
}

export interface Suggested {
  id: string
  slug: string
  title: string
}

/** While somebody types: titles that begin so, then what a search finds, which forgives typing errors. */
export function useSuggested(typed: Ref<string>, locale: Ref<string>) {
  const enabled = computed(() => typed.value.trim().length >= 2)
  return useQuery({
    queryKey: ['portal', 'suggested', typed, locale],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Suggested[]> => {
      const [begun, found] = await Promise.all([
        answerOf(
          queries().GET('/v1/suggest', {
            params: { query: { q: typed.value, kind: ['document'], limit: SUGGESTED } },
            signal,
          }),
        ),
        answerOf(
          queries().GET('/v1/search/documents', {
            params: { query: { q: typed.value, limit: 2 * SUGGESTED } },
            signal,
          }),
        ),
      ])
      const titles = begun.items.map(({ id, slug, title, locale: of }) => ({
        id,
        slug: slug ?? id,
        title,
        locale: of ?? '',
      }))
      return inBestLocale([...titles, ...found.items], locale.value).slice(0, SUGGESTED)
    },
  })
}

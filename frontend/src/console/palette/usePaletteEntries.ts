import { BookOpen, FileText, Search, SquareArrowOutUpRight, Zap } from '@lucide/vue'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { type Component, computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'

import { answerOf, queries } from '@/api/client'
import { useDebounced } from '@/app/debounced'

import { type Action, KEYMAP, keysOf } from '../keys/keymap'
import { dispatcher } from '../keys/useKeys'
import { toQuery } from '../list/filters'
import { QUEUES } from '../list/queues'
import { recent } from './recent'

interface Entry {
  id: string
  label: string
  icon: Component
  keys?: string
  hint?: string
  run: () => void
}

/** What the palette offers for these words: what the server finds, then actions of the page underneath, then queues. */
export function usePaletteEntries(words: Ref<string>) {
  const { t } = useI18n()
  const router = useRouter()
  const wanted = useDebounced(words, 120)
  // Which actions there are is decided by the page underneath, before the palette lies over it.
  const available = (Object.keys(KEYMAP) as Action[]).filter(
    (action) => dispatcher.isAvailable(action) && !/^(palette|search|list)\.|send$/.test(action),
  )

  const found = useQuery({
    queryKey: computed(() => ['suggest', wanted.value]),
    queryFn: ({ signal }) =>
      answerOf(queries().GET('/v1/suggest', { params: { query: { q: wanted.value, limit: 6 } }, signal })),
    enabled: computed(() => wanted.value.trim() !== ''),
    placeholderData: keepPreviousData,
  })

  const fits = ({ label }: Entry) => label.toLocaleLowerCase().includes(words.value.trim().toLocaleLowerCase())
  const actions = computed<Entry[]>(() =>
    available.map((action) => ({
      id: action,
      label: t(`action.${action}`),
      icon: Zap,
      keys: keysOf(action),
      run: () => void dispatcher.run(action),
    })),
  )
  const places = computed<Entry[]>(() =>
    QUEUES.map((queue) => ({
      id: `queue.${queue.id}`,
      label: t(`queue.${queue.id}`),
      icon: queue.icon,
      run: () => void router.push({ name: 'tickets', query: toQuery(queue.filters) }),
    })),
  )
  const things = computed<Entry[]>(() => {
    const q = words.value.trim()
    if (!q) return []
    const hits = (found.data.value?.items ?? []).map((item) => ({
      id: `${item.kind}.${item.id}`,
      label: item.title,
      icon: item.kind === 'ticket' ? FileText : BookOpen,
      hint: item.kind === 'ticket' ? `#${item.number}` : (item.locale ?? ''),
      run: () =>
        void router.push(
          item.kind === 'ticket'
            ? { name: 'ticket', params: { number: item.number } }
            : { name: 'document', params: { id: item.id } },
        ),
    }))
    const number = /^#?(\d+)$/.exec(q)?.[1]
    const direct = number
      ? [
          {
            id: 'number',
            label: t('palette.openNumber', { number }),
            icon: SquareArrowOutUpRight,
            run: () => void router.push({ name: 'ticket', params: { number } }),
          },
        ]
      : []
    return [
      ...direct,
      ...hits,
      {
        id: 'search',
        label: t('palette.searchAll', { q }),
        icon: Search,
        run: () => void router.push({ name: 'tickets', query: { q } }),
      },
    ]
  })
  return computed(() =>
    [
      { label: t('palette.found'), entries: things.value },
      { label: t('palette.recent'), entries: words.value ? [] : actions.value.filter(({ id }) => recent.has(id)) },
      {
        label: t('palette.actions'),
        entries: actions.value.filter((entry) => fits(entry) && (words.value || !recent.has(entry.id))),
      },
      { label: t('desk.queues'), entries: places.value.filter(fits) },
    ].filter(({ entries }) => entries.length > 0),
  )
}

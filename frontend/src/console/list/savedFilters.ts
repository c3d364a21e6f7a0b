import { ref } from 'vue'

import { useSession } from '@/app/session'

/** A list that a person named. It is a bookmark, kept in this browser: the addresses are the lists. */
export interface SavedFilter {
  id: string
  name: string
  /** The address behind `/desk/tickets`, as `?status=open&tag=vip`. */
  search: string
}

const saved = ref<SavedFilter[]>([])
let owner: string | null = null

const keyOf = (userId: string) => `tidedesk.saved-filters.${userId}`

export function parseSaved(text: string | null): SavedFilter[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(found) ? found.filter(isSaved) : []
  } catch {
    return []
  }
}

function isSaved(value: unknown): value is SavedFilter {
  const said = value as Partial<SavedFilter> | null
  return typeof said?.id === 'string' && typeof said.name === 'string' && typeof said.search === 'string'
}

export function useSavedFilters() {
  const userId = useSession().user?.id ?? ''
  if (owner !== userId) {
    owner = userId
    saved.value = parseSaved(localStorage.getItem(keyOf(userId)))
  }
  const keep = (filters: SavedFilter[]) => {
    saved.value = filters
    localStorage.setItem(keyOf(userId), JSON.stringify(filters))
  }
  return {
    saved,
    save: (name: string, search: string) => keep([...saved.value, { id: crypto.randomUUID(), name, search }]),
    remove: (id: string) => keep(saved.value.filter((filter) => filter.id !== id)),
  }
}

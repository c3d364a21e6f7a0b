import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { useGroups } from '../people'
import { sameFilters, type TicketFilters, toQuery } from './filters'
import { ofGroup, QUEUES } from './queues'
import { useSavedFilters } from './savedFilters'
import { parseQuery } from 'vue-router'
import { fromQuery } from './filters'

/** A list is called as the queue, the group or the saved filter that shows the same. */
export function useListTitle(filters: Ref<TicketFilters>) {
  const { t } = useI18n()
  const groups = useGroups()
  const { saved } = useSavedFilters()
  return computed(() => {
    if (filters.value.q) return t('list.searchFor', { q: filters.value.q })
    const queue = QUEUES.find((each) => sameFilters(each.filters, filters.value))
    if (queue) return t(`queue.${queue.id}`)
    const own = saved.value.find((each) => sameFilters(fromQuery(parseQuery(each.search)), filters.value))
    if (own) return own.name
    const group = groups.data.value?.items.find(({ id }) => sameFilters(ofGroup(id), filters.value))
    return group?.name ?? t(Object.keys(toQuery(filters.value)).length > 0 ? 'list.filtered' : 'desk.tickets')
  })
}

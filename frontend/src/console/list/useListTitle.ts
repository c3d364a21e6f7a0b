import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { useGroups } from '../people'
import { sameFilters, type TicketFilters, toQuery } from './filters'
import { ofGroup, QUEUES } from './queues'
import { filtersOf, useViews } from './views'

/** A list is called as the queue, the group or the saved filter that shows the same. */
export function useListTitle(filters: Ref<TicketFilters>) {
  const { t } = useI18n()
  const groups = useGroups()
  const views = useViews()
  return computed(() => {
    if (filters.value.q) return t('list.searchFor', { q: filters.value.q })
    const queue = QUEUES.find((each) => sameFilters(each.filters, filters.value))
    if (queue) return t(`queue.${queue.id}`)
    const view = views.data.value?.items.find((each) => sameFilters(filtersOf(each), filters.value))
    if (view) return view.name
    const group = groups.data.value?.items.find(({ id }) => sameFilters(ofGroup(id), filters.value))
    return group?.name ?? t(Object.keys(toQuery(filters.value)).length > 0 ? 'list.filtered' : 'desk.tickets')
  })
}

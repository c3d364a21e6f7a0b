import { describe, expect, it } from 'vitest'
import { ref } from 'vue'

import { useSelection } from '@/console/list/selection'

const rows = ref(['a', 'b', 'c', 'd', 'e'].map((id) => ({ id })))

describe('a selection', () => {
  it('reaches with shift from the last that was ticked, in either direction', () => {
    const selection = useSelection(rows)
    selection.toggle('d')
    selection.toggle('b', true)
    expect(selection.selected.value.map(({ id }) => id)).toEqual(['b', 'c', 'd'])
    selection.toggle('c')
    expect([...selection.ids.value].sort()).toEqual(['b', 'd'])
  })

  it('forgets rows that are no longer there', () => {
    const some = ref([{ id: 'a' }, { id: 'b' }])
    const selection = useSelection(some)
    selection.all()
    some.value = [{ id: 'b' }]
    expect(selection.selected.value).toEqual([{ id: 'b' }])
  })
})

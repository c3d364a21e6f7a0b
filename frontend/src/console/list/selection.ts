import { computed, ref, type Ref } from 'vue'

/** Which rows are ticked. Shift reaches from the last one that was ticked to this one. */
export function useSelection<Row extends { id: string }>(rows: Ref<readonly Row[]>) {
  const ids = ref(new Set<string>())
  let anchor: string | null = null

  const selected = computed(() => rows.value.filter(({ id }) => ids.value.has(id)))

  function toggle(id: string, reaching = false): void {
    const next = new Set(ids.value)
    const on = !next.has(id)
    for (const each of reaching && anchor ? between(anchor, id) : [id]) {
      if (on) next.add(each)
      else next.delete(each)
    }
    anchor = id
    ids.value = next
  }

  function between(from: string, to: string): string[] {
    const order = rows.value.map((row) => row.id)
    const [start, end] = [order.indexOf(from), order.indexOf(to)].sort((a, b) => a - b) as [number, number]
    return start < 0 ? [to] : order.slice(start, end + 1)
  }

  function all(): void {
    ids.value = new Set(rows.value.map((row) => row.id))
  }

  function clear(): void {
    ids.value = new Set()
    anchor = null
  }

  return { ids, selected, toggle, all, clear }
}

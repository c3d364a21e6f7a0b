import { onScopeDispose, type Ref, ref, watch } from 'vue'

/** Follows once nothing has changed for so long. */
export function useDebounced<Value>(source: Ref<Value>, afterMs: number): Ref<Value> {
  const settled = ref(source.value) as Ref<Value>
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(source, (value) => {
    clearTimeout(timer)
    timer = setTimeout(() => (settled.value = value), afterMs)
  })
  onScopeDispose(() => clearTimeout(timer))
  return settled
}

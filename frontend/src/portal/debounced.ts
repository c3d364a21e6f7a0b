import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** Follows `source` once it has been still for a moment; what was emptied is empty at once. */
export function debounced(source: Ref<string>, afterMs: number): Ref<string> {
  const still = ref(source.value)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(source, (value) => {
    clearTimeout(timer)
    if (value.trim() === '') still.value = ''
    else timer = setTimeout(() => (still.value = value.trim()), afterMs)
  })
  onScopeDispose(() => clearTimeout(timer))
  return still
}

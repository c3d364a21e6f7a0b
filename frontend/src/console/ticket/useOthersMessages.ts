import { computed, type Ref, ref, watch } from 'vue'

import type { Message } from '@/api/schemas'

/** Who wrote while one was writing oneself: better known before it is sent. */
export function useOthersMessages(messages: Ref<readonly Message[]>, isWriting: Ref<boolean>, own: string | undefined) {
  const known = ref<ReadonlySet<string>>(new Set())
  const note = () => (known.value = new Set(messages.value.map(({ id }) => id)))
  watch(isWriting, (writing) => writing || note())
  watch(messages, () => isWriting.value || note(), { immediate: true })

  const names = computed(() => {
    if (!isWriting.value || known.value.size === 0) return ''
    const others = messages.value.filter(({ id, author }) => !known.value.has(id) && author.id !== own)
    return [...new Set(others.map(({ author }) => author.name ?? ''))].filter(Boolean).join(', ')
  })
  return { names, seen: note }
}

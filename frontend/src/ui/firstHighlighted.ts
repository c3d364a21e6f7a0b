import { nextTick, useTemplateRef, watch } from 'vue'

/** Enter takes the best that there is now, not what was first before the answer came. */
export function useFirstHighlighted(listbox: string, first: () => string | undefined): void {
  const root = useTemplateRef<{ highlightFirstItem: () => void }>(listbox)
  watch(first, async (id) => {
    await nextTick()
    if (id !== undefined) root.value?.highlightFirstItem()
  })
}

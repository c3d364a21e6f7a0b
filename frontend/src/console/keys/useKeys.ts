import { onBeforeUnmount, onMounted, ref, watch } from 'vue'

import { Dispatcher, type Handler } from './dispatcher'
import type { Action } from './keymap'

const KEPT_AS = 'tidedesk.single-keys'

export const dispatcher = new Dispatcher()
export const singleKeys = ref(localStorage.getItem(KEPT_AS) !== 'off')

watch(
  singleKeys,
  (on) => {
    dispatcher.singleKeys = on
    localStorage.setItem(KEPT_AS, on ? 'on' : 'off')
  },
  { immediate: true },
)

/** These keys do this for as long as the component is there. */
export function useKeys(handlers: Partial<Record<Action, Handler>>): void {
  let release = () => {}
  onMounted(() => {
    release = dispatcher.register(handlers)
  })
  onBeforeUnmount(() => release())
}

/** Once, by what is around all pages of the desk. */
export function useKeyboard(): void {
  const listen = (event: KeyboardEvent) => dispatcher.handle(event)
  onMounted(() => window.addEventListener('keydown', listen))
  onBeforeUnmount(() => window.removeEventListener('keydown', listen))
}

import { type Action, KEYMAP } from './keymap'

export type Handler = () => void
/** A second key has to follow the first within this time. */
const SEQUENCE_MS = 1_200

const NAMES: Record<string, string> = { ' ': 'space', ArrowUp: 'up', ArrowDown: 'down' }

/** `ctrl+k`, `?`, `escape`. Shift is part of what a letter becomes, and said only beside Ctrl. Cmd counts as Ctrl. */
export function strokeOf(event: KeyboardEvent): string {
  const key = NAMES[event.key] ?? event.key.toLowerCase()
  if (!(event.ctrlKey || event.metaKey)) return key
  return event.shiftKey ? `ctrl+shift+${key}` : `ctrl+${key}`
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'))
  )
}

/** Things that do something themselves with Enter or a letter. */
function isBusyWithKeys(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=menu], [role=listbox], [role=dialog]') !== null
}

export class Dispatcher {
  readonly #handlers = new Map<Action, Handler[]>()
  #first: { stroke: string; at: number } | null = null
  /** WCAG 2.1.4: keys without Ctrl can be switched off. */
  singleKeys = true

  /** The newest handler of an action has it, until it is taken away again. */
  register(handlers: Partial<Record<Action, Handler>>): () => void {
    const entries = Object.entries(handlers) as [Action, Handler][]
    for (const [action, handler] of entries)
      this.#handlers.set(action, [...(this.#handlers.get(action) ?? []), handler])
    return () => {
      for (const [action, handler] of entries) {
        this.#handlers.set(
          action,
          (this.#handlers.get(action) ?? []).filter((each) => each !== handler),
        )
      }
    }
  }

  isAvailable(action: Action): boolean {
    return (this.#handlers.get(action)?.length ?? 0) > 0
  }

  run(action: Action): boolean {
    const handler = this.#handlers.get(action)?.at(-1)
    handler?.()
    return handler !== undefined
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || event.isComposing) return
    const stroke = strokeOf(event)
    const held = stroke.startsWith('ctrl+')
    if (!held && (!this.singleKeys || isTyping(event.target) || isBusyWithKeys(event.target))) return
    if (stroke === 'enter' && event.target instanceof HTMLElement && event.target.matches('button, a')) return
    const first = this.#first && event.timeStamp - this.#first.at < SEQUENCE_MS ? this.#first.stroke : null
    this.#first = null
    const action = (first && this.#find(`${first} ${stroke}`)) || this.#find(stroke)
    if (action) {
      event.preventDefault()
      this.run(action)
    } else if (Object.values(KEYMAP).some(({ keys }) => keys.startsWith(`${stroke} `))) {
      this.#first = { stroke, at: event.timeStamp }
    }
  }

  #find(keys: string): Action | undefined {
    return (Object.keys(KEYMAP) as Action[]).find((action) => KEYMAP[action].keys === keys && this.isAvailable(action))
  }
}

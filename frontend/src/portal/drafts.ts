import { onScopeDispose, ref, watch, type Ref } from 'vue'

const PREFIX = 'tidedesk.portal.draft.'
// Often enough for a crash, seldom enough for a slow phone.
const SAVED_AFTER_MS = 300

export interface Draft<Value> {
  value: Ref<Value>
  /** It was there when the page came up. */
  restored: Ref<boolean>
  /** What was written has been sent, or is not wanted any more. */
  discard(): void
}

/** What somebody writes, kept in this browser until it is sent: a reload, a crash or an expired session loses none of it. */
export function useDraft<Value extends object>(name: string, empty: () => Value): Draft<Value> {
  const key = PREFIX + name
  const kept = read<Value>(key)
  const value = ref({ ...empty(), ...kept }) as Ref<Value>
  const restored = ref(kept !== null)
  let timer: ReturnType<typeof setTimeout> | undefined

  function save(): void {
    clearTimeout(timer)
    timer = undefined
    const text = JSON.stringify(value.value)
    write(key, text === JSON.stringify(empty()) ? null : text)
  }

  function leave(): void {
    if (timer !== undefined) save()
  }

  watch(
    value,
    () => {
      clearTimeout(timer)
      timer = setTimeout(save, SAVED_AFTER_MS)
    },
    { deep: true },
  )
  window.addEventListener('pagehide', leave)
  onScopeDispose(() => {
    leave()
    window.removeEventListener('pagehide', leave)
  })

  function discard(): void {
    value.value = empty()
    restored.value = false
    clearTimeout(timer)
    timer = undefined
    write(key, null)
  }

  return { value, restored, discard }
}

/** Whose a draft is: somebody else at this browser does not find it. */
export function draftName(userId: string | undefined, name: string): string {
  return `${userId ?? 'anybody'}.${name}`
}

/** What somebody wrote before they signed in is theirs then, unless they had begun something else. */
export function adoptDraft(userId: string, name: string): void {
  const [from, to] = [PREFIX + draftName(undefined, name), PREFIX + draftName(userId, name)]
  const text = localStorage.getItem(from)
  if (text === null || localStorage.getItem(to) !== null) return
  write(to, text)
  localStorage.removeItem(from)
}

/** At signing out. */
export function forgetDrafts(userId: string): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX + draftName(userId, ''))) localStorage.removeItem(key)
  }
}

function read<Value>(key: string): Partial<Value> | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<Value> | null
  } catch {
    // Something else wrote there, or the browser keeps nothing.
    return null
  }
}

function write(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {
    // The storage is full or closed: what is written stays on the page.
  }
}

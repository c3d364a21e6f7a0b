import { computed, ref, watch, type Ref } from 'vue'

/** What was written and not sent yet. It survives a reload, a lost session and a broken connection. */
const PREFIX = 'tidedesk.draft.'
const KEPT_FOR_MS = 30 * 24 * 3_600_000

interface Kept {
  text: string
  at: number
}

export function readDraft(name: string): string {
  return parse(localStorage.getItem(PREFIX + name))?.text ?? ''
}

export function writeDraft(name: string, text: string, now = Date.now()): void {
  if (text.trim() === '') return localStorage.removeItem(PREFIX + name)
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify({ text, at: now } satisfies Kept))
  } catch {
    // A full store keeps nothing new; the text is still on the page.
  }
}

export function pruneDrafts(now = Date.now()): void {
  for (const key of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    const kept = parse(localStorage.getItem(key))
    if (!kept || kept.at < now - KEPT_FOR_MS) localStorage.removeItem(key)
  }
}

/** A text that is kept under its name as it is typed; another name brings that one's text. */
export function useDraft(name: Ref<string>) {
  const texts = ref<Record<string, string>>({})
  const text = computed({
    get: () => texts.value[name.value] ?? readDraft(name.value),
    set: (value: string) => {
      texts.value = { ...texts.value, [name.value]: value }
    },
  })
  watch(text, (value) => writeDraft(name.value, value), { flush: 'sync' })
  return { text, clear: () => (text.value = '') }
}

function parse(value: string | null): Kept | null {
  try {
    const kept = JSON.parse(value ?? 'null') as Partial<Kept> | null
    return typeof kept?.text === 'string' && typeof kept.at === 'number' ? { text: kept.text, at: kept.at } : null
  } catch {
    return null
  }
}

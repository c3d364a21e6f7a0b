import { diffLines } from 'diff'

export type Line = { kind: 'same' | 'added' | 'removed'; text: string } | { kind: 'skipped'; count: number }

// Around each difference so many lines that stayed are shown.
const CONTEXT = 2

/** Two texts line by line; long stretches that stayed are folded. */
export function differences(before: string, after: string): Line[] {
  const parts = diffLines(ended(before), ended(after))
  return parts.flatMap((part, index): Line[] => {
    const texts = part.value.replace(/\n$/, '').split('\n')
    if (part.added || part.removed) return texts.map((text) => ({ kind: part.added ? 'added' : 'removed', text }))
    const head = index === 0 ? 0 : CONTEXT
    const tail = index === parts.length - 1 ? 0 : CONTEXT
    const skipped = texts.length - head - tail
    const same = (text: string): Line => ({ kind: 'same', text })
    if (skipped <= 1) return texts.map(same)
    return [
      ...texts.slice(0, head).map(same),
      { kind: 'skipped', count: skipped },
      ...texts.slice(texts.length - tail).map(same),
    ]
  })
}

const ended = (text: string) => (text.endsWith('\n') ? text : `${text}\n`)

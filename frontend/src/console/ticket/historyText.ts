import type { Queries } from '@/api/schemas'

type Entry = Pick<Queries['HistoryEntry'], 'type' | 'data'>
type Translate = (key: string, named?: Record<string, unknown>) => string

/** An event in words: "changed the priority from Normal to High". What is new to us is told by its own name. */
export function tell({ type, data }: Entry, t: Translate, knows: (key: string) => boolean): string {
  const facts = data as Record<string, unknown>
  const key = `history.${type}`
  if (type === 'MessageAdded' && facts.visibility === 'internal') return t('history.NoteAdded')
  if (typeof facts.before === 'string' && typeof facts.after === 'string') {
    const room = type.includes('Priority') ? 'priority' : 'status'
    const said = (value: string) => (knows(`${room}.${value}`) ? t(`${room}.${value}`) : value)
    return t(`history.${room}`, { before: said(facts.before), after: said(facts.after) })
  }
  if (typeof facts.changes === 'object' && facts.changes !== null) {
    const fields = Object.keys(facts.changes).map((field) => fieldName(field, t, knows))
    return t('history.changed', { fields: fields.join(', ') })
  }
  return knows(key) ? t(key) : type
}

export function fieldName(field: string, t: Translate, knows: (key: string) => boolean): string {
  const key = `field.${field}`
  return knows(key) ? t(key) : field
}

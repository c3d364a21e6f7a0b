import { describe, expect, it } from 'vitest'
import { nextTick, ref } from 'vue'

import type { Message, Ticket } from '@/api/schemas'
import { tell } from '@/console/ticket/historyText'
import { useOthersMessages } from '@/console/ticket/useOthersMessages'
import { inOrder } from '@/console/ticket/useTicket'
import { applied } from '@/console/ticket/useTicketCommands'

const message = (id: string, at: string, author = 'bo') =>
  ({ id, created_at: at, author: { id: author, name: author.toUpperCase() } }) as Message

describe('a thread', () => {
  it('has every message once, oldest first, and the newest copy of it', () => {
    const [early, late] = [message('1', '2026-01-01T00:00:00Z'), message('2', '2026-01-02T00:00:00Z')]
    const again = { ...late, html: 'newer' }
    expect(inOrder([again], [late, early])).toEqual([early, again])
  })
})

describe('who wrote meanwhile', () => {
  it('is told to whoever writes, until they say that they read it', async () => {
    const messages = ref<Message[]>([message('1', '2026-01-01T00:00:00Z')])
    const isWriting = ref(false)
    const others = useOthersMessages(messages, isWriting, 'ana')
    isWriting.value = true
    messages.value = [
      ...messages.value,
      message('2', '2026-01-02T00:00:00Z', 'bo'),
      message('3', '2026-01-03T00:00:00Z', 'ana'),
    ]
    await nextTick()
    expect(others.names.value).toBe('BO')
    others.seen()
    expect(others.names.value).toBe('')
  })

  it('is nothing to whoever only reads', async () => {
    const messages = ref<Message[]>([message('1', '2026-01-01T00:00:00Z')])
    const others = useOthersMessages(messages, ref(false), 'ana')
    messages.value = [...messages.value, message('2', '2026-01-02T00:00:00Z')]
    await nextTick()
    expect(others.names.value).toBe('')
  })
})

describe('a change that is shown before it is done', () => {
  const ticket = {
    subject: 'Lamp',
    priority: 'low',
    assignee: { id: 'ana', name: 'Ana' },
    group: null,
    custom_fields: { a: 1 },
  } as unknown as Ticket

  it('looks as the ticket will be read', () => {
    const changes = {
      assignee_id: 'bo',
      group_id: null,
      custom_fields: { b: 2 },
      priority: 'high',
    } as unknown as Parameters<typeof applied>[1]
    expect(applied(ticket, changes, { assignee: 'Bo' })).toEqual({
      subject: 'Lamp',
      priority: 'high',
      assignee: { id: 'bo', name: 'Bo' },
      group: null,
      custom_fields: { a: 1, b: 2 },
    })
  })

  it('leaves what was not said', () => {
    expect(applied(ticket, { assignee_id: null }, {})).toEqual({ ...ticket, assignee: null })
  })
})

describe('an event in words', () => {
  const t = (key: string, named?: Record<string, unknown>) => `${key}${named ? ` ${JSON.stringify(named)}` : ''}`
  const knows = (key: string) => !key.includes('Tomorrow') && !key.includes('colour')
  const entry = (type: string, data: object) => tell({ type, data: data as Record<string, never> }, t, knows)

  it.each([
    ['MessageAdded', { visibility: 'internal' }, 'history.NoteAdded'],
    ['MessageAdded', { visibility: 'public' }, 'history.MessageAdded'],
    [
      'TicketPriorityChanged',
      { before: 'low', after: 'high' },
      'history.priority {"before":"priority.low","after":"priority.high"}',
    ],
    [
      'TicketSolved',
      { before: 'open', after: 'solved' },
      'history.status {"before":"status.open","after":"status.solved"}',
    ],
    ['TicketChanged', { changes: { tags: {}, colour: {} } }, 'history.changed {"fields":"field.tags, colour"}'],
    ['TicketOpened', {}, 'history.TicketOpened'],
    ['InventedTomorrow', {}, 'InventedTomorrow'],
  ])('%s %j', (type, data, said) => {
    expect(entry(type, data)).toBe(said)
  })
})

import { describe, expect, it, vi } from 'vitest'

import { Dispatcher, strokeOf } from '@/console/keys/dispatcher'
import { type Action, KEYMAP, PARTS } from '@/console/keys/keymap'
import texts from '@/locales/en/console.json'

function press(
  dispatcher: Dispatcher,
  key: string,
  more: KeyboardEventInit & { on?: HTMLElement } = {},
): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  const target = more.on ?? document.body
  const handle = (seen: KeyboardEvent) => dispatcher.handle(seen)
  target.addEventListener('keydown', handle, { once: true })
  target.dispatchEvent(event)
  return event
}

function focused(html: string): HTMLElement {
  document.body.innerHTML = html
  return document.body.querySelector('[data-target]') as HTMLElement
}

describe('the keymap', () => {
  it('gives no key twice to actions that can be there together', () => {
    for (const part of ['list', 'ticket'] as const) {
      const keys = Object.values(KEYMAP)
        .filter((entry) => entry.part !== (part === 'list' ? 'ticket' : 'list'))
        .map(({ keys }) => keys)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  it('has no key that is the beginning of another', () => {
    const single = Object.values(KEYMAP).map(({ keys }) => keys as string)
    const firsts = single.filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0])
    expect(single.filter((keys) => firsts.includes(keys))).toEqual([])
  })

  it('has words for every action and every part', () => {
    const named = (action: string) =>
      action.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], texts.action)
    expect((Object.keys(KEYMAP) as Action[]).filter((action) => typeof named(action) !== 'string')).toEqual([])
    expect(Object.keys(texts.keys.part).sort()).toEqual([...PARTS].sort())
  })
})

describe('a stroke', () => {
  it.each([
    [{ key: 'k', ctrlKey: true }, 'ctrl+k'],
    [{ key: 'k', metaKey: true }, 'ctrl+k'],
    [{ key: 'A', ctrlKey: true, shiftKey: true }, 'ctrl+shift+a'],
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: 'J' }, 'j'],
  ])('%j is %s', (init, stroke) => {
    expect(strokeOf(new KeyboardEvent('keydown', init))).toBe(stroke)
  })
})

describe('the dispatcher', () => {
  it('runs the newest handler, and the one before when that has gone', () => {
    const [older, newer] = [vi.fn(), vi.fn()]
    const dispatcher = new Dispatcher()
    dispatcher.register({ 'ticket.reply': older })
    const release = dispatcher.register({ 'ticket.reply': newer })
    press(dispatcher, 'r')
    release()
    press(dispatcher, 'r')
    expect([older.mock.calls.length, newer.mock.calls.length]).toEqual([1, 1])
  })

  it('knows sequences, and forgets a first key that led nowhere', () => {
    const [mine, unassigned] = [vi.fn(), vi.fn()]
    const dispatcher = new Dispatcher()
    dispatcher.register({ 'go.mine': mine, 'go.unassigned': unassigned })
    for (const key of ['g', 'm', 'm', 'g', 'x', 'u']) press(dispatcher, key)
    expect([mine.mock.calls.length, unassigned.mock.calls.length]).toEqual([1, 0])
  })

  it.each([
    '<input data-target>',
    '<textarea data-target></textarea>',
    '<div role="menu"><button data-target></button></div>',
  ])('leaves single keys to %s', (html) => {
    const reply = vi.fn()
    const dispatcher = new Dispatcher()
    dispatcher.register({ 'ticket.reply': reply })
    const event = press(dispatcher, 'r', { on: focused(html) })
    expect([reply.mock.calls.length, event.defaultPrevented]).toEqual([0, false])
  })

  it('takes keys with Ctrl also while somebody types', () => {
    const send = vi.fn()
    const dispatcher = new Dispatcher()
    dispatcher.register({ 'ticket.send': send })
    const event = press(dispatcher, 'Enter', { ctrlKey: true, on: focused('<textarea data-target></textarea>') })
    expect([send.mock.calls.length, event.defaultPrevented]).toEqual([1, true])
  })

  it('lets a link and a button have their Enter', () => {
    const open = vi.fn()
    const dispatcher = new Dispatcher()
    dispatcher.register({ 'list.open': open })
    press(dispatcher, 'Enter', { on: focused('<button data-target></button>') })
    expect(open).not.toHaveBeenCalled()
  })

  it('can be told to leave single keys alone (WCAG 2.1.4)', () => {
    const [reply, palette] = [vi.fn(), vi.fn()]
    const dispatcher = new Dispatcher()
    dispatcher.register({ 'ticket.reply': reply, 'palette.open': palette })
    dispatcher.singleKeys = false
    press(dispatcher, 'r')
    press(dispatcher, 'k', { ctrlKey: true })
    expect([reply.mock.calls.length, palette.mock.calls.length]).toEqual([0, 1])
  })

  it('leaves keys alone that nobody handles now', () => {
    expect(press(new Dispatcher(), 'r').defaultPrevented).toBe(false)
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { BEAT_MS, PAUSE_MS, PresenceSender, TYPING_EVERY_MS } from '@/console/ticket/presenceSender'

let said: string[]
let sender: PresenceSender

beforeEach(() => {
  vi.useFakeTimers()
  said = []
  sender = new PresenceSender(
    (activity) => said.push(activity),
    () => said.push('left'),
  )
})
afterEach(() => vi.useRealTimers())

function typeFor(ms: number): void {
  for (let passed = 0; passed < ms; passed += 200) {
    sender.typed()
    vi.advanceTimersByTime(200)
  }
}

describe('saying that one is on a ticket', () => {
  it('happens at once, and again before it is over', () => {
    sender.show()
    sender.show()
    vi.advanceTimersByTime(3 * BEAT_MS)
    expect(said).toEqual(['viewing', 'viewing', 'viewing', 'viewing'])
  })

  it('says of typing what is new, and then every few seconds', () => {
    sender.show()
    typeFor(2 * TYPING_EVERY_MS + 1_000)
    expect(said).toEqual(['viewing', 'typing', 'typing', 'typing'])
  })

  it('says after a pause that one only looks', () => {
    sender.show()
    typeFor(1_000)
    vi.advanceTimersByTime(PAUSE_MS)
    expect(said).toEqual(['viewing', 'typing', 'viewing'])
    vi.advanceTimersByTime(BEAT_MS)
    expect(said).toEqual(['viewing', 'typing', 'viewing', 'viewing'])
  })

  it('says so at once when the text was sent', () => {
    sender.show()
    sender.rested()
    sender.typed()
    sender.rested()
    vi.advanceTimersByTime(PAUSE_MS)
    expect(said).toEqual(['viewing', 'typing', 'viewing'])
  })

  it('says nothing while the page is hidden, and begins anew when it is back', () => {
    sender.show()
    sender.typed()
    sender.hide()
    sender.typed()
    vi.advanceTimersByTime(10 * BEAT_MS)
    expect(said).toEqual(['viewing', 'typing'])
    sender.show()
    expect(said).toEqual(['viewing', 'typing', 'viewing'])
  })

  it('ends with the page, once, also from where it was hidden', () => {
    sender.show()
    sender.hide()
    sender.stop()
    sender.stop()
    vi.advanceTimersByTime(10 * BEAT_MS)
    expect(said).toEqual(['viewing', 'left'])
  })

  it('does not leave where it never was', () => {
    sender.stop()
    expect(said).toEqual([])
  })
})

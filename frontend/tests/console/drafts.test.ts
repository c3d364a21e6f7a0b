import { beforeEach, describe, expect, it } from 'vitest'
import { ref } from 'vue'

import { pruneDrafts, readDraft, useDraft, writeDraft } from '@/console/ticket/drafts'

beforeEach(() => localStorage.clear())

describe('a draft', () => {
  it('is there after a reload', () => {
    useDraft(ref('ana.t1.public')).text.value = 'Dear Ms. Jensen'
    expect(useDraft(ref('ana.t1.public')).text.value).toBe('Dear Ms. Jensen')
  })

  it('of a note never becomes the reply', () => {
    const name = ref('ana.t1.internal')
    const { text } = useDraft(name)
    text.value = 'This customer is difficult'
    name.value = 'ana.t1.public'
    expect(text.value).toBe('')
    text.value = 'Thank you'
    name.value = 'ana.t1.internal'
    expect(text.value).toBe('This customer is difficult')
    expect([readDraft('ana.t1.internal'), readDraft('ana.t1.public')]).toEqual([
      'This customer is difficult',
      'Thank you',
    ])
  })

  it('of another person or ticket is another one', () => {
    writeDraft('ana.t1.public', 'Hello')
    expect([readDraft('bo.t1.public'), readDraft('ana.t2.public')]).toEqual(['', ''])
  })

  it('is gone when it was sent, or emptied', () => {
    const draft = useDraft(ref('ana.t1.public'))
    draft.text.value = 'Hello'
    draft.clear()
    expect([draft.text.value, localStorage.length]).toEqual(['', 0])
  })

  it('is kept for thirty days', () => {
    const now = Date.UTC(2026, 10, 26)
    writeDraft('old', 'Hello', now - 31 * 86_400_000)
    writeDraft('young', 'Hello', now - 29 * 86_400_000)
    localStorage.setItem('tidedesk.draft.broken', '{')
    localStorage.setItem('tidedesk.theme', 'dark')
    pruneDrafts(now)
    expect([readDraft('old'), readDraft('young'), localStorage.length]).toEqual(['', 'Hello', 2])
  })

  it('that cannot be read is none', () => {
    localStorage.setItem('tidedesk.draft.x', '"text"')
    expect(readDraft('x')).toBe('')
  })
})

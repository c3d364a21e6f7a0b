import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'

import { adoptDraft, type Draft, draftName, forgetDrafts, useDraft } from '@/portal/drafts'

interface Text {
  body: string
}

const empty = (): Text => ({ body: '' })

function opened(name = 'x'): { draft: Draft<Text>; leave: () => void } {
  const scope = effectScope()
  const draft = scope.run(() => useDraft(name, empty)) as Draft<Text>
  return { draft, leave: () => scope.stop() }
}

describe('useDraft', () => {
  beforeEach(() => {
    localStorage.clear()
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is there again after a reload', async () => {
    const before = opened()
    before.draft.value.value.body = 'Since this morning'
    await nextTick()
    vi.runAllTimers()
    const after = opened()
    expect(after.draft.value.value.body).toBe('Since this morning')
    expect(after.draft.restored.value).toBe(true)
  })

  it('is kept when the page goes before it was time to save', async () => {
    const { draft } = opened()
    draft.value.value.body = 'half a sen'
    await nextTick()
    window.dispatchEvent(new Event('pagehide'))
    expect(opened().draft.value.value.body).toBe('half a sen')
  })

  it('is gone once it is sent, also after the component has left', async () => {
    const { draft, leave } = opened()
    draft.value.value.body = 'sent'
    await nextTick()
    vi.runAllTimers()
    draft.discard()
    await nextTick()
    leave()
    vi.runAllTimers()
    expect(opened().draft.restored.value).toBe(false)
    expect(localStorage).toHaveLength(0)
  })

  it('emptied by hand leaves nothing to restore', async () => {
    const { draft } = opened()
    draft.value.value.body = 'a'
    await nextTick()
    draft.value.value.body = ''
    await nextTick()
    vi.runAllTimers()
    expect(localStorage).toHaveLength(0)
  })

  it('does not mind what somebody else wrote there', () => {
    localStorage.setItem('tidedesk.portal.draft.x', '{not json')
    expect(opened().draft.value.value).toEqual(empty())
  })

  it('of whoever signs out are forgotten, and nothing else is', async () => {
    localStorage.setItem('tidedesk.theme', 'dark')
    for (const name of [draftName('ana', 'reply.1'), draftName('ana', 'new'), draftName('ben', 'new')]) {
      opened(name).draft.value.value.body = name
    }
    await nextTick()
    vi.runAllTimers()
    forgetDrafts('ana')
    expect(Object.keys(localStorage).sort()).toEqual(['tidedesk.portal.draft.ben.new', 'tidedesk.theme'])
  })

  it('begun before signing in go on after it, and never replace what was begun before', async () => {
    const before = opened(draftName(undefined, 'new'))
    before.draft.value.value.body = 'as nobody'
    await nextTick()
    vi.runAllTimers()
    before.leave()
    adoptDraft('ana', 'new')
    expect(opened(draftName('ana', 'new')).draft.value.value.body).toBe('as nobody')
    expect(opened(draftName(undefined, 'new')).draft.restored.value).toBe(false)

    const again = opened(draftName(undefined, 'new'))
    again.draft.value.value.body = 'something else'
    await nextTick()
    vi.runAllTimers()
    again.leave()
    adoptDraft('ana', 'new')
    expect(opened(draftName('ana', 'new')).draft.value.value.body).toBe('as nobody')
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'

import { type Draft, forgetDrafts, useDraft } from '@/portal/drafts'

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

  it('are all forgotten at signing out, and nothing else is', async () => {
    localStorage.setItem('tidedesk.theme', 'dark')
    const { draft } = opened('reply.1')
    draft.value.value.body = 'a'
    await nextTick()
    vi.runAllTimers()
    forgetDrafts()
    expect(Object.keys(localStorage)).toEqual(['tidedesk.theme'])
  })
})

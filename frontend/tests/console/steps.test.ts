import { describe, expect, it } from 'vitest'

import { mayEdit, needsReviewer, stepsOf } from '@/console/knowledge/steps'
import { mainStep, stepsFrom, stepsOfAll } from '@/console/ticket/statusSteps'

describe('steps of a ticket', () => {
  it('are those of its status, and none out of closed', () => {
    expect(stepsFrom('solved')).toEqual(['open', 'closed'])
    expect([stepsFrom('closed'), stepsFrom('a status of tomorrow')]).toEqual([[], []])
  })

  it('have solving in front, else the first', () => {
    expect(['new', 'pending', 'solved', 'closed'].map(mainStep)).toEqual(['solved', 'solved', 'open', null])
  })

  it('of several are those that all can take', () => {
    expect(stepsOfAll(['new', 'open'])).toEqual(['pending', 'on_hold', 'solved'])
    expect([stepsOfAll(['open', 'closed']), stepsOfAll([])]).toEqual([[], []])
  })
})

describe('steps of an article', () => {
  const ana = { id: 'ana', role: 'agent' }
  const document = (status: string, published_at: string | null = null) => ({
    status,
    published_at,
    author: { id: 'ana', name: 'Ana' },
  })

  it('leave the review to somebody else, but for admins', () => {
    const inReview = document('in_review')
    expect(stepsOf(inReview, ana)).toEqual(['archive'])
    expect(stepsOf(inReview, { id: 'bo', role: 'agent' })).toEqual(['approve', 'reject', 'archive'])
    expect(stepsOf(inReview, { id: 'ana', role: 'admin' })).toEqual(['approve', 'reject', 'archive'])
    expect([needsReviewer(inReview, ana), needsReviewer(document('draft'), ana)]).toEqual([true, false])
  })

  it('take down an older version while a newer one is written', () => {
    expect(stepsOf(document('draft', '2026-01-01T00:00:00Z'), ana)).toContain('unpublish')
    expect(stepsOf(document('draft'), ana)).not.toContain('unpublish')
    expect(
      stepsOf(document('published', '2026-01-01T00:00:00Z'), ana).filter((step) => step === 'unpublish'),
    ).toHaveLength(1)
  })

  it('bring an archived one back before it is edited', () => {
    expect([stepsOf(document('archived'), ana), mayEdit('archived'), mayEdit('published')]).toEqual([
      ['restore'],
      false,
      true,
    ])
  })
})

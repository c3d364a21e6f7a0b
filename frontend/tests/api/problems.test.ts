import { describe, expect, it } from 'vitest'

import { asProblem, problemOf, UNREACHABLE, UNREADABLE } from '@/api/problems'

const BODY = {
  type: 'about:blank',
  title: 'Conflict',
  status: 412,
  code: 'version.stale',
  detail: 'It was changed meanwhile.',
  instance: '/v1/tickets/1',
  request_id: 'r-1',
  errors: [{ code: 'text.too_long', detail: 'At most 200 characters.', pointer: '/subject' }],
}

describe('a problem', () => {
  it('keeps the code, the words and the reference of the server', () => {
    const problem = problemOf(new Response(null, { status: 412 }), BODY)
    expect(problem).toMatchObject({ status: 412, code: 'version.stale', detail: BODY.detail, requestId: 'r-1' })
    expect(problem.isConflict).toBe(true)
  })

  it('tells what is said about a field, and about the elements of a list', () => {
    const errors = [...BODY.errors, { code: 'tag.invalid', detail: 'No spaces.', pointer: '/tags/1' }]
    const problem = problemOf(new Response(null, { status: 422 }), { ...BODY, status: 422, errors })
    expect([problem.of('subject'), problem.of('tags'), problem.of('sub')]).toEqual([
      'At most 200 characters.',
      'No spaces.',
      undefined,
    ])
  })

  it('knows how long to wait', () => {
    const response = new Response(null, { status: 429, headers: { 'Retry-After': '7' } })
    const problem = problemOf(response, { ...BODY, status: 429 })
    expect([problem.retryAfterS, problem.isPassing]).toEqual([7, true])
  })

  it('is made of an answer that is no problem document', () => {
    const response = new Response('<html>', { status: 502, headers: { 'X-Request-ID': 'r-2' } })
    expect(problemOf(response, '<html>')).toMatchObject({ code: UNREADABLE, status: 502, requestId: 'r-2' })
  })

  it('is "unreachable" where nothing answered', () => {
    const problem = asProblem(new TypeError('Failed to fetch'))
    expect([problem.code, problem.isUnreachable, problem.isPassing]).toEqual([UNREACHABLE, true, true])
  })
})

import { beforeEach, describe, expect, it, vi } from 'vitest'

import { carried, forget, remember } from '@/api/consistency'
import { parseFreshness } from '@/api/freshness'
import { ownPath } from '@/app/ownPath'

vi.mock('@/api/config', () => ({ config: () => ({ commandsUrl: 'http://commands', queriesUrl: 'http://queries' }) }))

const refreshed = () => new Response(JSON.stringify({ expires_in: 600 }), { status: 200 })
const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ status, code, detail: code, errors: [] }), { status })

async function fresh() {
  vi.resetModules()
  return import('@/api/session')
}

describe('the access cookie', () => {
  beforeEach(() => {
    localStorage.clear()
    vi.spyOn(document, 'cookie', 'get').mockReturnValue('a=1; __Host-tidedesk-csrf=token; b=2')
  })

  it('is renewed before a request, once for all that wait', async () => {
    const session = await fresh()
    const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => refreshed())
    await Promise.all([session.ensureAccess(), session.ensureAccess(), session.ensureAccess()])
    await session.ensureAccess()
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(fetch.mock.calls[0]?.[1]?.headers).toEqual({ 'X-CSRF-Token': 'token' })
  })

  it('is left alone where nobody is signed in', async () => {
    vi.spyOn(document, 'cookie', 'get').mockReturnValue('')
    const session = await fresh()
    const fetch = vi.spyOn(globalThis, 'fetch')
    await session.ensureAccess()
    expect(fetch).not.toHaveBeenCalled()
  })

  it('was renewed by another tab: that one is good', async () => {
    const session = await fresh()
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(problem(409, 'session.refresh_repeated'))
    await expect(session.ensureAccess()).resolves.toBeUndefined()
  })

  it('cannot be renewed: the session has ended', async () => {
    const session = await fresh()
    const ended = vi.fn()
    session.whenSessionEnds(ended)
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(problem(401, 'session.refresh_refused'))
    await session.ensureAccess()
    expect(ended).toHaveBeenCalledOnce()
  })

  it('is not taken for ended while the server is away', async () => {
    const session = await fresh()
    const ended = vi.fn()
    session.whenSessionEnds(ended)
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'))
    await expect(session.ensureAccess()).rejects.toMatchObject({ code: 'client.unreachable' })
    expect(ended).not.toHaveBeenCalled()
  })
})

describe('the consistency token', () => {
  it('of the newest write goes with what is read next, for a while', () => {
    forget()
    expect(carried()).toEqual({})
    remember('one', 0)
    remember('two', 1_000)
    remember(null, 2_000)
    expect(carried(10_000)).toEqual({ 'Consistency-Token': 'two', Prefer: 'wait=3' })
    expect(carried(16_000)).toEqual({})
  })
})

describe('freshness', () => {
  it('is read out of the header', () => {
    const header = 'as_of="2026-11-26T14:16:00.676294Z", lag_ms=2400, stale=?1'
    expect(parseFreshness(header)).toEqual({ asOf: new Date('2026-11-26T14:16:00.676Z'), lagMs: 2400, stale: true })
    expect(parseFreshness(null)).toBeNull()
  })
})

describe('where signing in leads', () => {
  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    null,
    ['/a'],
    '/sign-in?to=/',
  ])('is never %j', (value) => {
    expect(ownPath(value)).toBeNull()
  })

  it('is a page of ours', () => {
    expect(ownPath('/desk/tickets?status=open')).toBe('/desk/tickets?status=open')
  })
})

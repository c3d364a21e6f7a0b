import { describe, expect, it } from 'vitest'

import { browserOf } from '@/admin/access/browser'
import { KEPT, linePoints, type Sample, withSample } from '@/admin/projections/samples'

describe('samples of a chart', () => {
  it('are kept for so long, the oldest goes first', () => {
    const sample = (at: number): Sample => ({ at, lagMs: 0, pending: 0 })
    const all = Array.from({ length: KEPT + 5 }, (_, at) => sample(at)).reduce<Sample[]>(withSample, [])
    expect([all.length, all[0]?.at, all.at(-1)?.at]).toEqual([KEPT, 5, KEPT + 4])
  })

  it('end at the right edge, and zero lies at the bottom', () => {
    expect(linePoints([0, 10], 290, 50, 10)).toBe('280,50 290,0')
    expect(linePoints([], 290, 50)).toBe('')
  })
})

describe('a browser by its name', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge, Windows',
    ],
    ['curl/8.5.0', 'curl/8.5.0'],
  ])('%s', (userAgent, name) => {
    expect(browserOf(userAgent)).toBe(name)
  })
})

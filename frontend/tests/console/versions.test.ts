import { describe, expect, it } from 'vitest'

import { firstPair, keptPair } from '@/console/knowledge/versions'

const versions = (count: number, published?: number) =>
  Array.from({ length: count }, (_, index) => ({ number: count - index, published: count - index === published }))

describe('the two versions that are compared', () => {
  it('are what readers see and the newest, where these differ', () => {
    expect(firstPair(versions(4, 2))).toEqual({ from: 2, to: 4 })
  })

  it('are the last two where the newest is published, or nothing is', () => {
    expect(firstPair(versions(4, 4))).toEqual({ from: 3, to: 4 })
    expect(firstPair(versions(4))).toEqual({ from: 3, to: 4 })
  })

  it('are one and the same where there is no other', () => {
    expect(firstPair(versions(1))).toEqual({ from: 1, to: 1 })
    expect(firstPair([])).toBeNull()
  })

  it('stay as they were chosen while both are there', () => {
    expect(keptPair({ from: 3, to: 1 }, versions(4, 2))).toEqual({ from: 3, to: 1 })
    expect(keptPair({ from: 5, to: 1 }, versions(4, 2))).toEqual({ from: 2, to: 4 })
    expect(keptPair(null, versions(4, 2))).toEqual({ from: 2, to: 4 })
  })
})

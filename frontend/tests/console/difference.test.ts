import { describe, expect, it } from 'vitest'

import { differences } from '@/console/knowledge/difference'
import { preview } from '@/console/knowledge/markdown'

describe('the difference of two texts', () => {
  it('names what was added and what was removed', () => {
    expect(differences('one\ntwo', 'one\nthree')).toEqual([
      { kind: 'same', text: 'one' },
      { kind: 'removed', text: 'two' },
      { kind: 'added', text: 'three' },
    ])
  })

  it('folds what stayed, but for the lines beside it', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`)
    const found = differences(lines.join('\n'), [...lines, 'more'].join('\n'))
    expect(found.map(({ kind }) => kind)).toEqual(['skipped', 'same', 'same', 'added'])
    expect(found[0]).toEqual({ kind: 'skipped', count: 18 })
  })
})

describe('the preview', () => {
  it.each([
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '[x](javascript:alert(1))',
    '![x](https://example.com/pixel.png)',
  ])('makes nothing of %s that could act', (markdown) => {
    const box = document.createElement('div')
    box.innerHTML = preview(markdown)
    expect(box.querySelectorAll('img, script, [onerror], a[href^="javascript"]')).toHaveLength(0)
  })
})

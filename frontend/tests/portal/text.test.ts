import { describe, expect, it } from 'vitest'

import { readingMinutes, withAnchors } from '@/portal/text'

describe('withAnchors', () => {
  it('gives each heading an id that says what it is about', () => {
    const { html, headings } = withAnchors('<h2>Before you start</h2><p>x</p><h3>Über 2 %</h3>')
    expect(headings).toEqual([
      { id: 'section-before-you-start', text: 'Before you start', level: 2 },
      { id: 'section-über-2', text: 'Über 2 %', level: 3 },
    ])
    expect(html).toContain('<h2 id="section-before-you-start">')
  })

  it('gives the same words twice two ids', () => {
    const { headings } = withAnchors('<h2>Pairing</h2><h2>Pairing</h2><h2>Pairing</h2>')
    expect(headings.map(({ id }) => id)).toEqual(['section-pairing', 'section-pairing-2', 'section-pairing-3'])
  })

  it('leaves out what has no text, and takes none of the ids of the page', () => {
    expect(withAnchors('<h2></h2><h2>main</h2>').headings).toEqual([{ id: 'section-main', text: 'main', level: 2 }])
  })

  it('changes nothing else', () => {
    const html = '<p>a &lt;b&gt; <em>c</em></p>'
    expect(withAnchors(html)).toEqual({ html, headings: [] })
  })
})

describe('readingMinutes', () => {
  it('is never nothing', () => expect(readingMinutes('')).toBe(1))
  it('counts words of every script', () => expect(readingMinutes('مرحبا بالعالم '.repeat(270))).toBe(3))
})

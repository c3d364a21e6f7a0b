import { describe, expect, it } from 'vitest'

import { nameInAddress, wayTo, withAllBelow } from '@/portal/categories'
import { directionOf, inBestLocale } from '@/portal/locales'

const article = (id: string, locale: string) => ({ id, locale, default_locale: 'en' })

describe('inBestLocale', () => {
  const items = [article('a', 'fr'), article('b', 'en'), article('a', 'en'), article('a', 'de-AT'), article('a', 'de')]

  it('shows each article once, in its place', () => {
    expect(inBestLocale(items, 'de').map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it.each([
    ['de', 'de'],
    ['de-CH', 'de-AT'],
    ['fr', 'fr'],
    ['ar', 'en'],
  ])('reads in %s what is best for it: %s', (wanted, shown) => {
    expect(inBestLocale(items, wanted)[0]?.locale).toBe(shown)
  })

  it('shows what there is, where its own language is not among it', () => {
    expect(inBestLocale([article('c', 'es')], 'de')[0]?.locale).toBe('es')
  })
})

describe('directionOf', () => {
  it.each([
    ['ar-EG', 'rtl'],
    ['he', 'rtl'],
    ['en', 'ltr'],
  ])('%s is written %s', (locale, direction) => expect(directionOf(locale)).toBe(direction))
})

describe('categories', () => {
  const category = (id: string, ...children: object[]) =>
    ({ id, version: 1, name: id, names: {}, parent_id: null, position: 0, children }) as never
  const tree = [category('a', category('b', category('c'))), category('d')]

  it('finds the way from the top', () => expect(wayTo('c', tree).map(({ id }) => id)).toEqual(['a', 'b', 'c']))
  it('finds no way to what is not there', () => expect(wayTo('x', tree)).toEqual([]))
  it('counts everything below', () => expect(withAllBelow(tree[0] as never)).toHaveLength(3))
  it('names a category in an address', () => expect(nameInAddress('Karten & Leser / 2')).toBe('karten-leser-2'))
})

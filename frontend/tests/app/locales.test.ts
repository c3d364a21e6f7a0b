import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

const FOLDER = join(__dirname, '../../src/locales')
const SOURCE = join(__dirname, '../../src')
const ROOMS = ['common', 'console', 'portal', 'admin']

type Texts = { [key: string]: string | Texts }

function flat(texts: Texts, prefix = ''): Map<string, string> {
  const found = Object.entries(texts).map(([key, value]) =>
    typeof value === 'string'
      ? ([[`${prefix}${key}`, value]] as [string, string][])
      : [...flat(value, `${prefix}${key}.`)],
  )
  return new Map(found.flat())
}

const read = (locale: string, room: string) =>
  flat(JSON.parse(readFileSync(join(FOLDER, locale, `${room}.json`), 'utf8')))
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

describe.each(readdirSync(FOLDER).filter((locale) => locale !== 'en'))('the locale %s', (locale) => {
  it.each(ROOMS)('says everything that English says in %s, with the same placeholders', (room) => {
    const english = read('en', room)
    const other = read(locale, room)
    expect([...other.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [key, text] of english) {
      expect(other.get(key)?.trim(), key).not.toBe('')
      expect(placeholders(other.get(key) ?? ''), key).toEqual(placeholders(text))
    }
  })
})

describe('what the pages say', () => {
  const known = new Set(ROOMS.flatMap((room) => [...read('en', room).keys()]))
  const source = (pattern: string) =>
    readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(pattern))

  it.each(source('.vue'))('is in the texts: %s', (path) => {
    const said = readFileSync(join(SOURCE, path), 'utf8').matchAll(/\bt\('([\w.-]+)'/g)
    expect([...said].map(([, key]) => key).filter((key) => key && !known.has(key))).toEqual([])
  })
})

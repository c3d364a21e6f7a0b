import { type Composer, createI18n } from 'vue-i18n'

import common from '@/locales/en/common.json'

/** Texts are split by room, so that nobody loads the words of a room they do not enter. */
export type Room = 'common' | 'console' | 'portal' | 'admin'
export const LOCALES = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const
export type Locale = keyof typeof LOCALES

const KEPT_AS = 'tidedesk.locale'
const FALLBACK: Locale = 'en'
const RIGHT_TO_LEFT: readonly Locale[] = ['ar']

const files = import.meta.glob<{ default: Record<string, unknown> }>([
  '../locales/*/*.json',
  '!../locales/en/common.json',
])
const loaded = new Set<string>()
const rooms = new Set<Room>(['common'])

export const i18n = createI18n({
  legacy: false,
  locale: FALLBACK,
  fallbackLocale: FALLBACK,
  messages: { en: common },
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
})
// The types of the library know the locales it is made with; others come later.
export const texts = i18n.global as unknown as Composer
loaded.add('en/common')

export function isLocale(value: string | null | undefined): value is Locale {
  return value !== null && value !== undefined && Object.hasOwn(LOCALES, value)
}

/** What the person chose, else the first language of the browser that we speak. */
export function preferredLocale(kept = localStorage.getItem(KEPT_AS), spoken = navigator.languages): Locale {
  if (isLocale(kept)) return kept
  return spoken.map((tag) => tag.slice(0, 2)).find(isLocale) ?? FALLBACK
}

export function currentLocale(): Locale {
  return texts.locale.value as Locale
}

async function load(locale: Locale, room: Room): Promise<void> {
  const name = `${locale}/${room}`
  if (loaded.has(name)) return
  const file = files[`../locales/${name}.json`]
  if (file) texts.mergeLocaleMessage(locale, (await file()).default)
  loaded.add(name)
}

/** Before a page of a room is shown. */
export async function enterRoom(room: Room): Promise<void> {
  rooms.add(room)
  await Promise.all([load(currentLocale(), room), load(FALLBACK, room)])
}

export async function useLocale(locale: Locale, keep = true): Promise<void> {
  await Promise.all([...rooms].flatMap((room) => [load(locale, room), load(FALLBACK, room)]))
  texts.locale.value = locale
  document.documentElement.lang = locale
  document.documentElement.dir = directionOf(locale)
  if (keep) localStorage.setItem(KEPT_AS, locale)
}

export function directionOf(locale: Locale): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(locale) ? 'rtl' : 'ltr'
}

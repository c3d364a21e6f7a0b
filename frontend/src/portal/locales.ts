interface Translated {
  id: string
  locale: string
  default_locale?: string
}

/** Lists hold each locale of a document by itself; a reader wants each document once, in the best they can read. */
export function inBestLocale<Item extends Translated>(items: readonly Item[], wanted: string): Item[] {
  const best = new Map<string, Item>()
  for (const item of items) {
    const seen = best.get(item.id)
    if (seen === undefined || rank(item, wanted) < rank(seen, wanted)) best.set(item.id, item)
  }
  return [...best.values()]
}

function rank(item: Translated, wanted: string): number {
  if (item.locale === wanted) return 0
  if (languageOf(item.locale) === languageOf(wanted)) return 1
  return item.locale === item.default_locale ? 2 : 3
}

export function languageOf(locale: string): string {
  return locale.toLowerCase().split('-')[0] ?? ''
}

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur'])

/** An article keeps the direction of its own language, whatever the page around it has. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(languageOf(locale)) ? 'rtl' : 'ltr'
}

/** "German", "Deutsch": as the page's language calls it. */
export function languageName(locale: string, shownIn: string): string {
  return new Intl.DisplayNames([shownIn], { type: 'language' }).of(locale) ?? locale
}

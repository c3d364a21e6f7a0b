import type { DocumentVersion } from '@/api/schemas'

export interface Pair {
  /** Numbers of versions: red is what only the first has, green what only the second has. */
  from: number
  to: number
}

/** What one wants to know first: what readers would see change, else what the last saving changed. */
export function firstPair(newestFirst: readonly Pick<DocumentVersion, 'number' | 'published'>[]): Pair | null {
  const [newest, before] = newestFirst
  if (!newest) return null
  const published = newestFirst.find((version) => version.published)
  const from = published && published.number !== newest.number ? published : (before ?? newest)
  return { from: from.number, to: newest.number }
}

/** A choice stays for as long as both of its versions are there; another language has others. */
export function keptPair(chosen: Pair | null, newestFirst: readonly Pick<DocumentVersion, 'number' | 'published'>[]) {
  const isThere = (number: number) => newestFirst.some((version) => version.number === number)
  return chosen && isThere(chosen.from) && isThere(chosen.to) ? chosen : firstPair(newestFirst)
}

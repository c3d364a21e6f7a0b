export interface Heading {
  id: string
  text: string
  level: 2 | 3
}

/** The HTML of an article with an id at each heading that the table of contents leads to. */
export function withAnchors(html: string): { html: string; headings: Heading[] } {
  const body = new DOMParser().parseFromString(html, 'text/html').body
  const headings: Heading[] = []
  for (const element of body.querySelectorAll('h2, h3')) {
    const text = element.textContent?.trim() ?? ''
    if (text === '') continue
    element.id = unusedId(idOf(text), headings)
    headings.push({ id: element.id, text, level: element.tagName === 'H2' ? 2 : 3 })
  }
  return { html: body.innerHTML, headings }
}

function idOf(text: string): string {
  const words = text.toLocaleLowerCase().match(/[\p{Letter}\p{Number}]+/gu)
  // In front, so that no heading takes the id of a part of the page.
  return ['section', ...(words ?? [])].join('-')
}

function unusedId(wanted: string, taken: readonly Heading[]): string {
  let id = wanted
  for (let copy = 2; taken.some((heading) => heading.id === id); copy += 1) id = `${wanted}-${copy}`
  return id
}

/** Minutes, at the pace of somebody who follows instructions. */
const WORDS_PER_MINUTE = 180

export function readingMinutes(markdown: string): number {
  const words = markdown.match(/[\p{Letter}\p{Number}]+/gu)?.length ?? 0
  return Math.max(1, Math.round(words / WORDS_PER_MINUTE))
}

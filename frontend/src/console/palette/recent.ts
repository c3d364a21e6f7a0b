/** What was chosen lately, newest last, for as long as the page lives. */
const KEPT = 4
let ids: string[] = []

export const recent = {
  add(id: string): void {
    ids = [...ids.filter((each) => each !== id), id].slice(-KEPT)
  },
  has: (id: string): boolean => ids.includes(id),
}

import type { Category } from '@/api/schemas'

/** A category and everything below it. */
export function withAllBelow(category: Category): Category[] {
  return [category, ...category.children.flatMap(withAllBelow)]
}

/** The way from the top to a category, itself last; empty if it is not in the tree. */
export function wayTo(id: string, tree: readonly Category[]): Category[] {
  for (const category of tree) {
    if (category.id === id) return [category]
    const below = wayTo(id, category.children)
    if (below.length > 0) return [category, ...below]
  }
  return []
}

/** Only for people who read addresses: the id before it is what counts. */
export function nameInAddress(name: string): string {
  return (name.toLocaleLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? []).join('-')
}

import { shallowRef } from 'vue'

interface Listed {
  path: string
  numbers: number[]
}

const last = shallowRef<Listed | null>(null)

/** The list one came from: where "back" leads, and what comes next. */
export const lastList = {
  note(path: string, rows: readonly { number: number }[]): void {
    last.value = { path, numbers: rows.map(({ number }) => number) }
  },
  get path(): string {
    return last.value?.path ?? '/desk'
  },
  /** The ticket so many places after this one in that list. */
  beside(number: number, by: number): number | null {
    const at = last.value?.numbers.indexOf(number) ?? -1
    return at < 0 ? null : (last.value?.numbers[at + by] ?? null)
  },
  position(number: number): { at: number; of: number } | null {
    const at = last.value?.numbers.indexOf(number) ?? -1
    return at < 0 || !last.value ? null : { at: at + 1, of: last.value.numbers.length }
  },
}

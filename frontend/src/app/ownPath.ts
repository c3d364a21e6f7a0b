/** A page of ours to go on to, out of an address that anybody may have written: never another site. */
export function ownPath(value: unknown): string | null {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) && !value.startsWith('/sign-in') ? value : null
}

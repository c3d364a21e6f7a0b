/** How everything looks that one types or chooses in. The edge has the 3:1 that WCAG 1.4.11 wants. */
export const CONTROL =
  'w-full rounded-md border border-edge/70 bg-surface text-sm text-text shadow-xs transition-colors hover:border-edge ' +
  'focus:border-ring focus:outline-2 focus:-outline-offset-1 focus:outline-ring aria-invalid:border-danger disabled:opacity-60'

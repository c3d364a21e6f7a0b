/** Every key of the desk, once: handlers register under these names, and the sheet behind `?` lists them. */
export const KEYMAP = {
  'palette.open': { keys: 'ctrl+k', part: 'everywhere' },
  'search.open': { keys: '/', part: 'everywhere' },
  'keys.show': { keys: '?', part: 'everywhere' },
  'ticket.new': { keys: 'c', part: 'everywhere' },
  'go.mine': { keys: 'g m', part: 'going' },
  'go.unassigned': { keys: 'g u', part: 'going' },
  'go.open': { keys: 'g i', part: 'going' },
  'go.knowledge': { keys: 'g k', part: 'going' },
  'go.admin': { keys: 'g a', part: 'going' },
  'list.next': { keys: 'j', part: 'list' },
  'list.previous': { keys: 'k', part: 'list' },
  'list.open': { keys: 'enter', part: 'list' },
  'list.select': { keys: 'x', part: 'list' },
  'list.clear': { keys: 'escape', part: 'list' },
  'ticket.reply': { keys: 'r', part: 'ticket' },
  'ticket.note': { keys: 'n', part: 'ticket' },
  'ticket.send': { keys: 'ctrl+enter', part: 'ticket' },
  'ticket.article': { keys: 'ctrl+shift+a', part: 'ticket' },
  'ticket.assign': { keys: 'a', part: 'ticket' },
  'ticket.assignMe': { keys: 'i', part: 'ticket' },
  'ticket.status': { keys: 's', part: 'ticket' },
  'ticket.solve': { keys: 'e', part: 'ticket' },
  'ticket.priority': { keys: 'p', part: 'ticket' },
  'ticket.tags': { keys: 'l', part: 'ticket' },
  'ticket.next': { keys: 'j', part: 'ticket' },
  'ticket.previous': { keys: 'k', part: 'ticket' },
  'ticket.back': { keys: 'u', part: 'ticket' },
} as const satisfies Record<string, { keys: string; part: Part }>

export type Part = 'everywhere' | 'going' | 'list' | 'ticket'
export type Action = keyof typeof KEYMAP
export const PARTS: readonly Part[] = ['everywhere', 'going', 'list', 'ticket']

export function keysOf(action: Action): string {
  return KEYMAP[action].keys
}

export function actionsOf(part: Part): Action[] {
  return (Object.keys(KEYMAP) as Action[]).filter((action) => KEYMAP[action].part === part)
}

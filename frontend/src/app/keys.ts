/** Names of what vue-query holds, so that whoever changes something can say what is out of date. */
export const keys = {
  counts: ['counts'] as const,
  lists: ['tickets', 'list'] as const,
  list: (parameters: object) => ['tickets', 'list', parameters] as const,
  views: ['views'] as const,
  /** By the number or the id, as it is asked for. */
  ticket: (name: string) => ['ticket', name] as const,
  messages: (id: string) => ['messages', id] as const,
  presence: (id: string) => ['presence', id] as const,
  history: (id: string) => ['history', id] as const,
  fields: ['ticket-fields'] as const,
  documents: ['documents'] as const,
  document: (name: string) => ['document', name] as const,
  categories: ['categories'] as const,
  people: ['people'] as const,
  groups: ['groups'] as const,
  organizations: ['organizations'] as const,
  freshness: ['freshness'] as const,
  deadLetters: ['dead-letters'] as const,
}

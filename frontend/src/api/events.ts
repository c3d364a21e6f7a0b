import { config } from './config'
import { ensureAccess, mayBeSignedIn } from './session'

/** What `GET /v1/events` tells; see docs/events.md. */
export interface Changed {
  id: string
  version: number
  ticket_id?: string
}

export type ChangeKind = 'ticket.changed' | 'ticket.deleted' | 'message.added' | 'document.changed' | 'document.deleted'

const KINDS: readonly ChangeKind[] = [
  'ticket.changed',
  'ticket.deleted',
  'message.added',
  'document.changed',
  'document.deleted',
]

export interface Listener {
  onChange(kind: ChangeKind, data: Changed): void
  /** Something may have been missed: read anew what is shown. */
  onResync(): void
  /** Who is on a ticket has changed; only whoever listens to this asks for it. */
  onPresence?(ticketId: string): void
  onState?(connected: boolean): void
}

// The browser itself comes back after a break, but not after an answer other than 200.
const COME_BACK_MS = 5_000

/** Listens until the returned function is called. */
export function listen(listener: Listener): () => void {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false
  let first = true

  async function open(): Promise<void> {
    if (closed || !mayBeSignedIn()) return
    await ensureAccess().catch(() => undefined)
    if (closed) return
    const types = listener.onPresence ? '?types=ticket,document,presence' : ''
    const events = new EventSource(`${config().queriesUrl}/v1/events${types}`, { withCredentials: true })
    source = events
    for (const kind of KINDS) {
      events.addEventListener(kind, (event) => listener.onChange(kind, JSON.parse(event.data) as Changed))
    }
    events.addEventListener('presence.changed', (event) => {
      listener.onPresence?.((JSON.parse(event.data) as { ticket_id: string }).ticket_id)
    })
    events.addEventListener('ready', () => {
      listener.onState?.(true)
      // A new stream begins without an id, so what happened before it was not told.
      if (!first) listener.onResync()
      first = false
    })
    events.addEventListener('resync', () => listener.onResync())
    events.addEventListener('end', () => again(0))
    events.addEventListener('error', () => {
      listener.onState?.(false)
      if (events.readyState === EventSource.CLOSED) again(COME_BACK_MS)
    })
  }

  function again(afterMs: number): void {
    source?.close()
    clearTimeout(timer)
    if (!closed) timer = setTimeout(() => void open(), afterMs)
  }

  void open()
  return () => {
    closed = true
    clearTimeout(timer)
    source?.close()
  }
}

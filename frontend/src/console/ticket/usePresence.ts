import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, type Ref, ref, watch } from 'vue'

import { answerOf, commands, queries } from '@/api/client'
import { keys } from '@/app/keys'
import { useSession } from '@/app/session'

import { changesInMs, holdsForMs, othersNow, type Seen } from './presence'
import { type Activity, PresenceSender } from './presenceSender'

// Of this window, until it is loaded anew.
const TAB = crypto.randomUUID()
// What somebody else says again at the last moment is on its way for so long.
const SLACK_MS = 500
const AFTER_A_FAILURE_MS = 15_000

/** Who else is on the ticket, and that one is there oneself. It is decoration: whatever fails, nobody is told. */
export function usePresence(id: Ref<string>) {
  const session = useSession()
  const own = computed(() => session.user?.id)
  const query = useQuery({
    queryKey: computed(() => keys.presence(id.value)),
    queryFn: ({ signal }) => read(id.value, signal),
    enabled: computed(() => id.value !== ''),
    retry: false,
    staleTime: 0,
    // Who comes and goes is told. Who is gone without a word has to be asked for, when what they said is over.
    refetchInterval: ({ state }) => {
      if (state.status === 'error') return AFTER_A_FAILURE_MS
      const ms = state.data ? holdsForMs(state.data, own.value) : null
      return ms === null ? false : ms + SLACK_MS
    },
  })

  const now = ref(Date.now())
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => (now.value = Date.now())
  watch(query.data, look)
  watch(
    [query.data, now],
    () => {
      clearTimeout(timer)
      const ms = query.data.value ? changesInMs(query.data.value, own.value, now.value) : null
      if (ms !== null) timer = setTimeout(look, ms)
    },
    { immediate: true },
  )
  const others = computed(() => (query.data.value ? othersNow(query.data.value, own.value, now.value) : []))
  const typing = computed(() =>
    others.value
      .filter(({ isTyping }) => isTyping)
      .map(({ name }) => name)
      .join(', '),
  )

  const sender = useSender(id)
  onScopeDispose(() => clearTimeout(timer))
  const typed = (somethingIsThere: boolean) => (somethingIsThere ? sender()?.typed() : sender()?.rested())
  return { others, typing, typed }
}

/** That of the ticket on the page, which changes. */
function useSender(id: Ref<string>): () => PresenceSender | null {
  let sender: PresenceSender | null = null
  const show = () => document.hidden || sender?.show()
  const stop = () => sender?.stop()
  const seen = () => (document.hidden ? sender?.hide() : sender?.show())

  watch(
    id,
    (ticketId) => {
      stop()
      sender = ticketId
        ? new PresenceSender(
            (activity) => say(ticketId, activity),
            () => leave(ticketId),
          )
        : null
      show()
    },
    { immediate: true },
  )
  document.addEventListener('visibilitychange', seen)
  window.addEventListener('pagehide', stop)
  // Back from where the browser had put the page aside.
  window.addEventListener('pageshow', show)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', seen)
    window.removeEventListener('pagehide', stop)
    window.removeEventListener('pageshow', show)
    stop()
  })
  return () => sender
}

async function read(id: string, signal: AbortSignal): Promise<Seen> {
  const answer = queries().GET('/v1/tickets/{ticket_id}/presence', { params: { path: { ticket_id: id } }, signal })
  const { items } = await answerOf(answer)
  return { people: items, at: Date.now() }
}

const placeOn = (id: string) => ({ path: { ticket_id: id }, query: { tab: TAB } })

function say(id: string, activity: Activity): void {
  commands()
    .PUT('/v1/tickets/{ticket_id}/presence', { params: placeOn(id), body: { activity } })
    .catch(() => undefined)
}

function leave(id: string): void {
  commands()
    .DELETE('/v1/tickets/{ticket_id}/presence', { params: placeOn(id), keepalive: true })
    .catch(() => undefined)
}

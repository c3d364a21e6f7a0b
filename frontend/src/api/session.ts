import { config } from './config'
import { asProblem, problemOf } from './problems'

/**
 * The session of a browser is in cookies that no script reads (docs/adr/0031). What scripts know of it: the CSRF token, and
 * until when the access cookie is good. That time is shared between tabs, as the cookies are.
 */
const CSRF_COOKIE = '__Host-tidedesk-csrf'
const GOOD_UNTIL = 'tidedesk.access-until'
// A request that is on its way must not arrive after the cookie has gone.
const MARGIN_MS = 20_000
const REFRESH_LOCK = 'tidedesk.refresh'

let onEnd: () => void = () => {}

/** Called when the server says that nobody is signed in any more. */
export function whenSessionEnds(callback: () => void): void {
  onEnd = callback
}

export function csrfToken(): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${CSRF_COOKIE}=`))
  return found ? found.slice(CSRF_COOKIE.length + 1) : null
}

/** There may be a session: whether it still is good, only the server knows. */
export function mayBeSignedIn(): boolean {
  return csrfToken() !== null
}

export function noteAccess(expiresInS: number, now = Date.now()): void {
  localStorage.setItem(GOOD_UNTIL, String(now + expiresInS * 1000))
}

export function forgetAccess(): void {
  localStorage.removeItem(GOOD_UNTIL)
}

function isGood(): boolean {
  return Date.now() < Number(localStorage.getItem(GOOD_UNTIL) ?? 0) - MARGIN_MS
}

/** Before every request: without it the expired cookie would be left out, and the answer be the one for anybody. */
export async function ensureAccess(): Promise<void> {
  if (!mayBeSignedIn() || isGood()) return
  await renewAccess(() => !isGood())
}

let renewing: Promise<void> | null = null

/** One tab at a time: a refresh token that comes twice is taken for a copy. */
export function renewAccess(stillNeeded: () => boolean = () => true): Promise<void> {
  renewing ??= locked(async () => {
    if (stillNeeded()) await refresh()
  }).finally(() => {
    renewing = null
  })
  return renewing
}

async function locked(work: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return work()
  await navigator.locks.request(REFRESH_LOCK, work)
}

async function refresh(): Promise<void> {
  const response = await fetch(`${config().commandsUrl}/v1/sessions/refresh`, {
    method: 'POST',
    credentials: 'include',
    headers: { 'X-CSRF-Token': csrfToken() ?? '' },
  }).catch((error: unknown) => {
    throw asProblem(error)
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return noteAccess((body as { expires_in: number }).expires_in)
  const problem = problemOf(response, body)
  // Another tab was first, and its cookies are ours.
  if (problem.code === 'session.refresh_repeated') return noteAccess(60)
  if (response.status === 401 || response.status === 403) return ended()
  throw problem
}

export function ended(): void {
  forgetAccess()
  onEnd()
}

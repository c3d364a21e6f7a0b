import type { ProblemBody, ProblemItem } from './schemas'

/** Codes of our own, beside those of the APIs: nothing answered, or something in between did. */
export const UNREACHABLE = 'client.unreachable'
export const UNREADABLE = 'client.unreadable'

/** What went wrong, as the APIs tell it (RFC 9457): `code` is stable, `detail` is for people. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors: readonly ProblemItem[]
  readonly requestId: string | null
  readonly retryAfterS: number | null

  constructor(parts: Partial<ProblemBody> & { code: string; retryAfterS?: number | null }) {
    super(parts.detail ?? parts.title ?? parts.code)
    this.name = 'Problem'
    this.status = parts.status ?? 0
    this.code = parts.code
    this.title = parts.title ?? ''
    this.detail = parts.detail ?? ''
    this.errors = parts.errors ?? []
    this.requestId = parts.request_id ?? null
    this.retryAfterS = parts.retryAfterS ?? null
  }

  get isUnreachable(): boolean {
    return this.code === UNREACHABLE
  }

  /** Somebody else changed it since it was read. */
  get isConflict(): boolean {
    return this.status === 412
  }

  /** Trying again, as it is, may work. */
  get isPassing(): boolean {
    return this.isUnreachable || this.status === 429 || this.status >= 502
  }

  /** What is said about one field of the body: its name, as in `/tags/0` for the first of `tags`. */
  of(field: string): string | undefined {
    const found = this.errors.find(({ pointer }) => pointer === `/${field}` || pointer?.startsWith(`/${field}/`))
    return found?.detail
  }
}

export function problemOf(response: Response, body: unknown): Problem {
  const header = response.headers.get('Retry-After')
  const retryAfterS = header !== null && /^\d+$/.test(header) ? Number(header) : null
  if (isProblemBody(body)) return new Problem({ ...body, retryAfterS })
  return new Problem({
    code: UNREADABLE,
    status: response.status,
    title: response.statusText,
    detail: `The server answered ${response.status} without saying why.`,
    request_id: response.headers.get('X-Request-ID') ?? undefined,
    retryAfterS,
  })
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  // What fetch throws where no answer came: no network, no server, or a refusal of the browser.
  if (error instanceof TypeError) return new Problem({ code: UNREACHABLE, detail: error.message })
  return new Problem({ code: UNREADABLE, detail: error instanceof Error ? error.message : String(error) })
}

function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
}

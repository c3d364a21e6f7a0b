import { stack } from './stack.ts'
import { PASSWORD, PEOPLE, type Role } from './people.ts'

/** For what a journey begins with, not for what it is about. */
export class Caller {
  private constructor(private readonly token: string) {}

  static async as(role: Role): Promise<Caller> {
    const body = { email: PEOPLE[role], password: PASSWORD }
    const { access_token } = await json<{ access_token: string }>(
      await fetch(`${stack.commands}/v1/sessions`, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) }),
    )
    return new Caller(access_token)
  }

  async command<Answer = Changed>(method: string, path: string, body: unknown, version?: number): Promise<Answer> {
    const headers = {
      ...JSON_BODY,
      ...this.authorization,
      ...(version === undefined ? {} : { 'If-Match': `"v${version}"` }),
    }
    return json<Answer>(await fetch(stack.commands + path, { method, headers, body: JSON.stringify(body) }))
  }

  async query<Answer>(path: string): Promise<Answer> {
    return json<Answer>(await fetch(stack.queries + path, { headers: this.authorization }))
  }

  private get authorization(): Record<string, string> {
    return { Authorization: `Bearer ${this.token}` }
  }
}

export interface Changed {
  id: string
  version: number
}

export interface Opened extends Changed {
  number: number
}

const JSON_BODY = { 'Content-Type': 'application/json' }

async function json<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw new Error(`${response.status} ${response.url}: ${await response.text()}`)
  return (await response.json()) as Answer
}

/** So that nothing of another test, or of the demo data, is found in its place. */
export function unique(words: string): string {
  return `${words} ${Math.random().toString(36).slice(2, 10)}`
}

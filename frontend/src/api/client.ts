import type { paths as CommandPaths } from '@contract/command'
import type { paths as QueryPaths } from '@contract/query'
import createClient, { type Middleware } from 'openapi-fetch'

import { config } from './config'
import { carried, remember } from './consistency'
import { noteFreshness } from './freshness'
import { asProblem, type Problem, problemOf } from './problems'
import { csrfToken, ended, ensureAccess, mayBeSignedIn } from './session'

const signed: Middleware = {
  async onRequest({ request }) {
    await ensureAccess()
    const token = csrfToken()
    if (request.method !== 'GET' && token) request.headers.set('X-CSRF-Token', token)
    return request
  },
}

const carriesTokens: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(carried())) request.headers.set(name, value)
    return request
  },
  onResponse({ response }) {
    noteFreshness(response.headers.get('Freshness'))
  },
}

const bringsTokens: Middleware = {
  onResponse({ response }) {
    remember(response.headers.get('Consistency-Token'))
  },
}

function make<Paths extends object>(baseUrl: string, ...middlewares: Middleware[]) {
  const client = createClient<Paths>({ baseUrl, credentials: 'include', fetch: (request) => fetch(request) })
  client.use(...middlewares)
  return client
}

type CommandClient = ReturnType<typeof createClient<CommandPaths>>
type QueryClient = ReturnType<typeof createClient<QueryPaths>>

let clients: { commands: CommandClient; queries: QueryClient } | null = null

function both() {
  clients ??= {
    commands: make<CommandPaths>(config().commandsUrl, signed, bringsTokens),
    queries: make<QueryPaths>(config().queriesUrl, signed, carriesTokens),
  }
  return clients
}

/** `commands().POST('/v1/tickets', { body })`: typed by the OpenAPI document of the command API. */
export const commands = (): CommandClient => both().commands
/** `queries().GET('/v1/tickets', { params })`: typed by the OpenAPI document of the query API. */
export const queries = (): QueryClient => both().queries

interface Answer<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** The data, or a thrown `Problem`. Everything that is asked or commanded goes through here. */
export async function answerOf<Data>(asked: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await asked.catch((thrown: unknown) => {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown
    throw asProblem(thrown)
  })
  if (response.ok) return data as NonNullable<Data>
  const problem = problemOf(response, error)
  if (problem.status === 401 && mayBeSignedIn() && !isAboutSigningIn(problem)) ended()
  throw problem
}

/** A wrong password ends no session. */
function isAboutSigningIn(problem: Problem): boolean {
  return problem.code.startsWith('session.')
}

/** `If-Match` of the version that the person saw. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"v${version}"` }
}

/** One key for one wish of a person: sent again, it is done once. */
export function idempotencyKey(): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': crypto.randomUUID() }
}

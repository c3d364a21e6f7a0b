import { Caller, unique } from '../support/api.ts'
import { browserOf } from '../support/people.ts'
import { rebuildHalfWay, resume, stop } from '../support/projector.ts'
import { expect, test } from '../support/test.ts'

test('a rebuild is asked for, paused and continued while searches go on, and taken back', async ({ browser }) => {
  const admin = await browserOf(browser, 'admin')
  const operator = await Caller.as('admin')
  await admin.goto('/admin/projections')
  await expect(admin.getByText('Up to date')).toBeVisible()
  const underWay = admin.getByRole('progressbar', { name: 'Rebuilding documents' })
  // Of so few documents it would be over before anybody pauses it: the projector stands still meanwhile.
  stop()
  try {
    await admin.getByRole('button', { name: 'Rebuild documents', exact: true }).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'Rebuild', exact: true }).click()
    await expect(admin.getByText('Asked for a rebuild: documents', { exact: true })).toBeVisible()
    await operator.command('POST', '/v1/rebuilds/documents/pause', undefined)
  } finally {
    resume()
  }
  await expect(underWay).toBeVisible({ timeout: 20_000 })
  await expect(admin.getByText('Paused', { exact: true })).toBeVisible()
  const reader = await (await browser.newContext()).newPage()
  await reader.goto('/search?q=payouts')
  await expect(reader.getByRole('link', { name: /When payouts arrive/ })).toBeVisible()

  await admin.getByRole('button', { name: 'Continue documents' }).click()
  await expect(underWay).toHaveCount(0, { timeout: 20_000 })
  await admin.getByRole('button', { name: 'Roll back documents' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Roll back', exact: true }).click()
  await expect(admin.getByText('Asked to roll back: documents', { exact: true })).toBeVisible()
  await expect(async () => {
    const { items } = await operator.query<{ items: { type: string }[] }>('/v1/audit?aggregate_type=operation')
    const types = ['RollbackRequested', 'RebuildResumed', 'RebuildPaused', 'RebuildRequested']
    expect(items.slice(0, 4).map(({ type }) => type)).toEqual(types)
    const { projections } = await operator.query<{ projections: { wish: unknown }[] }>('/v1/freshness')
    expect(projections.filter(({ wish }) => wish)).toEqual([])
  }).toPass({ timeout: 20_000 })
})

test('a dead letter is read and tried again until it is gone', async ({ browser }) => {
  const admin = await browserOf(browser, 'admin')
  const letter = {
    id: 7,
    projection: 'tickets',
    document_id: 'a-ticket',
    aggregate_type: 'ticket',
    aggregate_id: 'a-ticket',
    root_id: 'a-ticket',
    event_type: 'TicketOpened',
    attempts: 1,
    reason: '400 document_parsing_exception: too large',
    first_failed_at: '2026-03-01T09:00:00Z',
    failed_at: '2026-03-01T09:30:00Z',
  }
  // What cannot be indexed is not to be had from here: the page is what is looked at, tests/e2e has the rest.
  let items = [letter]
  await admin.route('**/v1/dead-letters', (route) => {
    const published_at = new Date().toISOString()
    return route.fulfill({ json: { items, next: null, prev: null, total: items.length, complete: true, published_at } })
  })
  await admin.route('**/v1/dead-letters/7/replay', (route) => route.fulfill({ status: 202, json: { replayed: 1 } }))
  await admin.goto('/admin/projections')
  const list = admin.getByRole('region', { name: 'Documents that could not be indexed' })
  await expect(list.getByText('400 document_parsing_exception: too large')).toBeVisible()
  await expect(list.getByRole('link', { name: 'a-ticket' })).toHaveAttribute('href', '/desk/tickets/a-ticket')
  await list.getByRole('button', { name: 'Try again', exact: true }).click()
  await expect(list.getByText('Being tried again')).toBeVisible()
  items = []
  await expect(list.getByText('No dead letters')).toBeVisible()
})

test('a rebuild that was started beside the projector is watched, too', async ({ browser }) => {
  const admin = await browserOf(browser, 'admin')
  await admin.goto('/admin/projections')
  await expect(admin.getByText('Up to date')).toBeVisible()
  const rebuild = await rebuildHalfWay('documents')
  try {
    await expect(admin.getByRole('progressbar', { name: 'Rebuilding documents' })).toBeVisible()
    const reader = await (await browser.newContext()).newPage()
    await reader.goto('/search?q=payouts')
    await expect(reader.getByRole('link', { name: /When payouts arrive/ })).toBeVisible()
  } finally {
    await rebuild.finish()
  }
  await expect(admin.getByRole('progressbar')).toHaveCount(0)
})

test('a projector that stands still is seen at the desk, and that it goes on, too', async ({ browser }) => {
  const agent = await browserOf(browser, 'agent')
  await agent.goto('/desk/tickets')
  await expect(agent.getByText(/are \d+ s behind/)).toHaveCount(0)
  stop()
  try {
    const customer = await Caller.as('customer')
    await customer.command('POST', '/v1/tickets', { subject: unique('Nobody sees me'), body: 'Yet.' })
    await expect(async () => {
      await agent.reload()
      await expect(agent.getByText(/are \d+ s behind/)).toBeVisible({ timeout: 1_500 })
    }).toPass({ timeout: 20_000 })
  } finally {
    resume()
  }
  await expect(agent.getByText(/are \d+ s behind/)).toHaveCount(0, { timeout: 20_000 })
})

test('who only reads is told when what they see is up to date again', async ({ browser }) => {
  const agent = await browserOf(browser, 'agent')
  // But the stream of events: it has no end to wait for.
  await agent.route(/\/v1\/(?!events)/, async (route) => {
    const response = await route.fetch()
    const headers = response.headers()
    if (headers.freshness) headers.freshness = headers.freshness.replace(/lag_ms=\d+/, 'lag_ms=7000')
    await route.fulfill({ response, headers })
  })
  await agent.goto('/desk/tickets')
  await expect(agent.getByText(/are 7 s behind/)).toBeVisible()
  await agent.unrouteAll({ behavior: 'wait' })
  await expect(agent.getByText(/are \d+ s behind/)).toHaveCount(0)
})

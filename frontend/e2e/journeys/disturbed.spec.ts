import { Caller, type Opened, unique } from '../support/api.ts'
import { browserOf } from '../support/people.ts'
import { resume, stop } from '../support/projector.ts'
import { expect, test } from '../support/test.ts'

async function opened(): Promise<Opened> {
  const customer = await Caller.as('customer')
  return customer.command<Opened>('POST', '/v1/tickets', {
    subject: unique('Drawer opens by itself'),
    body: 'Every hour.',
  })
}

test('offline it says so and keeps what is written; back online it is sent once', async ({ browser }) => {
  const ticket = await opened()
  const page = await browserOf(browser, 'customer')
  await page.goto(`/tickets/${ticket.number}`)
  await page.getByLabel('Your answer').fill('It happened again.')
  await page.context().setOffline(true)
  await expect(page.getByText('You are offline.', { exact: false }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Send answer' }).click()
  await expect(page.getByText('It is sent as soon as you are back', { exact: false })).toBeVisible()
  await expect(page.getByLabel('Your answer')).toHaveValue('It happened again.')
  await page.context().setOffline(false)
  const thread = page.getByRole('list', { name: 'Messages' })
  await expect(thread.getByText('It happened again.')).toHaveCount(1)
  await expect(page.getByLabel('Your answer')).toHaveValue('')
})

test('an answer that got lost on the way is sent again, and is there once', async ({ browser }) => {
  const ticket = await opened()
  const page = await browserOf(browser, 'customer')
  await page.goto(`/tickets/${ticket.number}`)
  let lost = 0
  await page.route('**/v1/tickets/*/messages', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.fallback()
    lost += 1
    await route.fetch()
    await route.abort('connectionreset')
  })
  await page.getByLabel('Your answer').fill('Only once, please.')
  await page.getByRole('button', { name: 'Send answer' }).click()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByLabel('Your answer')).toHaveValue('')
  await expect(page.getByRole('list', { name: 'Messages' }).getByText('Only once, please.')).toHaveCount(1)
  expect(lost).toBe(1)
})

test('while the projector stands still, one sees what one sent, and everything once it goes on', async ({
  browser,
}) => {
  const ticket = await opened()
  const page = await browserOf(browser, 'customer')
  await page.goto(`/tickets/${ticket.number}`)
  await expect(page.getByLabel('Your answer')).toBeVisible()
  stop()
  try {
    await page.getByLabel('Your answer').fill('Sent into the calm.')
    await page.getByRole('button', { name: 'Send answer' }).click()
    const thread = page.getByRole('list', { name: 'Messages' })
    await expect(thread.getByText('Sent into the calm.')).toBeVisible()
    await expect(thread.getByText('Sent. Others see it in a moment.')).toBeVisible()

    const subject = unique('Opened into the calm')
    await page.goto('/tickets/new')
    await page.getByLabel('What is it about?').fill(subject)
    await page.getByLabel('What is going on?').fill('Is anybody there?')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await expect(page.getByText('We have your question', { exact: true })).toBeVisible()
    resume()
    await expect(page.getByRole('heading', { level: 1, name: new RegExp(subject) })).toBeVisible({ timeout: 20_000 })
  } finally {
    resume()
  }
  await page.goto(`/tickets/${ticket.number}`)
  await expect(page.getByText('Sent into the calm.')).toHaveCount(1)
  await expect(page.getByText('Others see it in a moment')).toHaveCount(0)
})

test('a query API that does not answer is said so, and comes back by a press', async ({ page }) => {
  await page.route('**/v1/documents/**', (route) => route.abort('connectionrefused'))
  await page.goto('/articles/work-offline')
  await expect(page.getByText('The server does not answer')).toBeVisible({ timeout: 20_000 })
  await page.unroute('**/v1/documents/**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /Keep selling offline/ })).toBeVisible()
})

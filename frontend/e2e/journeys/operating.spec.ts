import { Caller, unique } from '../support/api.ts'
import { browserOf } from '../support/people.ts'
import { rebuildHalfWay, resume, stop } from '../support/projector.ts'
import { expect, test } from '../support/test.ts'

test('a rebuild is watched while searches go on', async ({ browser }) => {
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

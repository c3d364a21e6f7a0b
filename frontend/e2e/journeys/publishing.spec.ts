import { Caller, unique } from '../support/api.ts'
import { browserOf } from '../support/people.ts'
import { expect, test } from '../support/test.ts'

test('an article goes from a draft over a review to a reader who is not signed in', async ({ browser }) => {
  const title = unique('Clean the scanner glass')
  const author = await browserOf(browser, 'agent')
  await author.goto('/desk/knowledge')
  await author.getByRole('button', { name: 'New article' }).first().click()
  const dialog = author.getByRole('dialog', { name: 'New article' })
  await dialog.getByLabel('Title').fill(title)
  await dialog.getByLabel('Text').fill('## With a dry cloth\n\nNever with water.\n\n## How often\n\nOnce a **week**.')
  await dialog.getByRole('button', { name: 'Create draft' }).click()
  await expect(author).toHaveURL(/\/desk\/knowledge\/[0-9a-f-]{36}/)

  const reader = await (await browser.newContext()).newPage()
  await reader.goto(`/search?q=${encodeURIComponent(title)}`)
  await expect(reader.getByText(title)).not.toHaveRole('link')

  await author.getByRole('button', { name: 'Submit for review' }).click()
  await expect(author.getByText('In review').first()).toBeVisible()

  const reviewer = await browserOf(browser, 'admin')
  await reviewer.goto(author.url())
  await reviewer.getByRole('button', { name: 'Approve' }).click()
  await reviewer.getByRole('button', { name: 'Publish' }).click()
  await reviewer.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await expect(reviewer.getByText('Readers see this text.')).toBeVisible()

  await expect(async () => {
    await reader.goto(`/search?q=${encodeURIComponent(title)}`)
    await expect(reader.getByRole('link', { name: new RegExp(title) })).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await reader.getByRole('link', { name: new RegExp(title) }).click()
  await expect(reader.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await expect(reader.getByText('Never with water.')).toBeVisible()

  const feedback = reader.getByRole('region', { name: 'Was this helpful?' })
  await feedback.getByRole('button', { name: 'Yes' }).click()
  await expect(feedback.getByRole('button', { name: 'Yes' })).toHaveAttribute('aria-pressed', 'true')
  await feedback.getByRole('button', { name: 'No' }).click()
  await feedback.getByLabel('What were you missing?').fill('Which cloth?')
  await feedback.getByRole('button', { name: 'Send' }).click()
  await expect(feedback.getByText('We read every comment.')).toBeVisible()
  await expect(async () => {
    await author.reload()
    await author.getByRole('tab', { name: 'Readers' }).click()
    await expect(author.getByText('Which cloth?')).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await expect(author.getByText('It helped')).toBeVisible()
})

test('an author compares two versions of an article and takes up the older one again', async ({ browser }) => {
  const agent = await Caller.as('agent')
  const written = { title: unique('Oil the hinges'), body: 'Use fine oil.', locale: 'en' }
  const { id, version } = await agent.command('POST', '/v1/documents', written)
  const second = await agent.command(
    'PUT',
    `/v1/documents/${id}/draft`,
    { ...written, body: 'Use coarse oil.' },
    version,
  )
  await agent.command('PUT', `/v1/documents/${id}/draft`, { ...written, body: 'Use no oil.' }, second.version)

  const author = await browserOf(browser, 'agent')
  await expect(async () => {
    await author.goto(`/desk/knowledge/${id}`)
    await author.getByRole('tab', { name: 'Versions' }).click()
    await expect(author.getByLabel('Second version')).toHaveValue('3', { timeout: 2_000 })
  }).toPass()
  const comparison = author.getByRole('region', { name: 'Compare two versions' })
  await expect(comparison.getByText('+ Use no oil.')).toBeVisible()
  await comparison.getByLabel('First version').selectOption('Version 1')
  await comparison.getByLabel('Second version').selectOption('Version 2')
  await expect(comparison.getByText('− Use fine oil.')).toBeVisible()
  await expect(comparison.getByText('+ Use coarse oil.')).toBeVisible()
  await comparison.getByRole('button', { name: 'Take up version 1 again' }).click()
  await expect(author.getByText('Version 1 is now the draft, as version 4', { exact: true })).toBeVisible()
  await author.getByRole('tab', { name: 'Text' }).click()
  await expect(author.getByRole('textbox', { name: 'Text', exact: true })).toHaveValue('Use fine oil.')
})

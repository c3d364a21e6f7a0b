import { unique } from '../support/api.ts'
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
})

import type { Page } from '@playwright/test'

import { unique } from '../support/api.ts'
import { browserOf } from '../support/people.ts'
import { expect, test } from '../support/test.ts'

/** Tab until it has the focus: what cannot be reached so is there for the mouse only. */
async function tabTo(
  page: Page,
  name: RegExp | string,
  role: 'link' | 'button' | 'textbox' | 'combobox',
): Promise<void> {
  const wanted = page.getByRole(role, { name }).first()
  await wanted.waitFor()
  for (let presses = 0; presses < 60; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      await expect(wanted).toBeInViewport()
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`the focus does not come to ${role} ${name}`)
}

test('the first stop leads past the menu', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('combobox')).toBeFocused()
})

test('a question is asked, answered to and solved without a mouse', async ({ browser }) => {
  const page = await browserOf(browser, 'customer')
  await page.goto('/')
  await tabTo(page, 'Ask us', 'link')
  await page.keyboard.press('Enter')
  const subject = unique('By keyboard only')
  await tabTo(page, 'What is it about?', 'textbox')
  await page.keyboard.type(subject)
  await tabTo(page, 'What is going on?', 'textbox')
  await page.keyboard.type('No mouse here.')
  await tabTo(page, /^Send$/, 'button')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(subject) })).toBeVisible()
  await tabTo(page, 'Your answer', 'textbox')
  await page.keyboard.type('One more thing.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('list', { name: 'Messages' }).getByText('One more thing.')).toBeVisible()
  await tabTo(page, 'This is solved', 'button')
  await page.keyboard.press('Space')
  await expect(page.getByText('Solved', { exact: true })).toBeVisible()
})

import { expect, test } from '../support/test.ts'
test('anybody finds an article in spite of a typing error, and reads it', async ({ page }) => {
  await page.goto('/')
  const search = page.getByRole('combobox', { name: 'Search the help center' })
  await search.fill('card readr')
  await search.press('Enter')
  await expect(page).toHaveURL(/\/search\?q=card\+readr/)
  const hit = page.getByRole('link', { name: /Connect a card reader/ })
  await expect(hit.locator('mark').first()).toBeVisible()
  await hit.click()
  await expect(page).toHaveURL(/\/articles\/connect-a-card-reader$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Connect a card reader' })).toBeVisible()
  await expect(page).toHaveTitle(/^Connect a card reader/)
  await page.getByRole('navigation', { name: 'On this page' }).getByRole('link', { name: 'Pairing' }).click()
  await expect(page.getByRole('heading', { name: 'Pairing' })).toBeInViewport()
})

test('suggestions come while typing, and are taken with the arrow keys', async ({ page }) => {
  await page.goto('/')
  const search = page.getByRole('combobox', { name: 'Search the help center' })
  await search.pressSequentially('when pay')
  await expect(page.getByRole('option', { name: 'When payouts arrive' })).toBeVisible()
  await search.press('ArrowDown')
  await expect(page.getByRole('option', { selected: true })).toHaveText('When payouts arrive')
  await search.press('Enter')
  await expect(page).toHaveURL(/\/articles\/when-payouts-arrive$/)
})

test('an address with a heading leads to it, and an old address says what to do', async ({ page }) => {
  await page.goto('/articles/connect-a-card-reader#section-pairing')
  await expect(page.getByRole('heading', { name: 'Pairing' })).toBeInViewport()
  await page.goto('/articles/taken-down-long-ago')
  await expect(page.getByText('This article is not here')).toBeVisible()
  await page.locator('#main').getByRole('link', { name: 'Browse by topic' }).click()
  await expect(page.getByRole('heading', { name: 'How can we help?' })).toBeVisible()
})

test('what a search is narrowed by is in the address', async ({ page }) => {
  await page.goto('/search?q=settings')
  await page.getByRole('navigation', { name: 'Narrow by topic' }).getByRole('link', { name: 'Hardware' }).click()
  await expect(page).toHaveURL(/category=/)
  await page.reload()
  await expect(page.getByRole('link', { name: 'Hardware', exact: true })).toHaveAttribute('aria-current', 'true')
})

import { signIn } from '../support/people.ts'
import { expect, test } from '../support/test.ts'

test('a wrong password is said so, and the right one leads to where one wanted to go', async ({ page }) => {
  await page.goto('/tickets')
  await expect(page).toHaveURL(/\/sign-in\?to=/)
  await page.getByLabel('Email').fill('customer@example.com')
  await page.getByLabel('Password').fill('not the password at all')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await page.getByLabel('Password').fill('tidedesk-demo-2026')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page).toHaveURL(/\/tickets$/)
  await expect(page.getByRole('heading', { level: 1, name: 'My tickets' })).toBeVisible()
})

test('single sign-on leads there and back', async ({ page }) => {
  await page.goto('/tickets')
  await page.getByRole('link', { name: /Company account/ }).click()
  await expect(page).toHaveURL(/\/tickets$/)
  await expect(page.getByRole('button', { name: 'Account of Ines Ruiz' })).toBeVisible()
  await expect(page.getByText('No open tickets')).toBeVisible()
})

test('without a wish one comes to where one works: customers to the portal, agents to the desk', async ({
  browser,
  page,
}) => {
  await page.goto('/sign-in')
  await page.getByRole('link', { name: /Company account/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: /Hello Ines/ })).toBeVisible()
  const agent = await (await browser.newContext()).newPage()
  await signIn(agent, 'agent@example.com')
  await expect(agent).toHaveURL(/\/desk/)
  await agent.goto('/sign-in')
  await expect(agent).toHaveURL(/\/desk/)
})

test('a forgotten password is asked for by a link that says nothing about who is known', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Forgotten password' })).toBeVisible()
  await page.getByLabel('Email').fill('nobody@example.com')
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByText('Look into your mail')).toBeVisible()
  await page.goto('/reset-password#token=long-gone')
  await expect(page).toHaveURL(/\/reset-password$/)
  await page.getByLabel('New password').fill('a few words that are long')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('This link does not work any more')).toBeVisible()
})

test('signing out leaves nothing behind', async ({ page }) => {
  await signIn(page, 'customer@example.com')
  await page.goto('/tickets/new')
  await page.getByLabel('What is it about?').fill('A secret draft')
  await page.getByRole('button', { name: 'Account of Clara Jensen' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible()
  await page.goto('/tickets/new')
  await expect(page.getByLabel('What is it about?')).toHaveValue('')
  await page.goto('/tickets')
  await expect(page).toHaveURL(/\/sign-in/)
})

import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test'

export const PASSWORD = 'tidedesk-demo-2026'
export const PEOPLE = {
  customer: 'customer@example.com',
  agent: 'agent@example.com',
  admin: 'admin@example.com',
} as const
export type Role = keyof typeof PEOPLE

type State = Awaited<ReturnType<BrowserContext['storageState']>>
const signedIn = new Map<Role, State>()

/** By the form, as a person does it. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** A browser of their own, signed in: by the form the first time, then with the cookies of that. */
export async function browserOf(browser: Browser, role: Role, options: BrowserContextOptions = {}): Promise<Page> {
  const known = signedIn.get(role)
  const context = await browser.newContext({ ...options, storageState: known })
  const page = await context.newPage()
  if (known === undefined) {
    await signIn(page, PEOPLE[role])
    signedIn.set(role, await context.storageState())
  }
  return page
}

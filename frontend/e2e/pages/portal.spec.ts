import { expectAccessible } from '../support/accessibility.ts'
import { Caller, type Opened } from '../support/api.ts'
import { photograph, settled, THEMES, useTheme } from '../support/pages.ts'
import { browserOf } from '../support/people.ts'
import { expect, test } from '../support/test.ts'

test.describe.configure({ mode: 'parallel' })

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }

interface Tickets {
  items: { number: number; message_count: number | null }[]
}

interface Categories {
  items: { id: string }[]
}

/** Addresses of every page of the portal; those behind the sign-in are seen as a customer. */
async function addresses(): Promise<Record<string, { path: string; signedIn?: boolean }>> {
  const customer = await Caller.as('customer')
  const tickets = await customer.query<Tickets>('/v1/tickets?requester=me&status=solved&limit=1')
  const categories = await customer.query<Categories>('/v1/categories')
  const opened = await customer.command<Opened>('POST', '/v1/tickets', {
    subject: 'The receipt printer cuts the last line off',
    body: 'Since the update of this morning, on **both** tills:\n\n1. Print any receipt\n2. The line with the total is missing\n\nPaper and cable are new.',
  })
  const agent = await Caller.as('agent')
  await agent.command('POST', `/v1/tickets/${opened.id}/messages`, {
    body: 'Thank you for the exact steps. Please look under *Settings > Printers*: which width is set there, 58 mm or 80 mm?',
    visibility: 'public',
  })
  return {
    home: { path: '/' },
    'home-signed-in': { path: '/', signedIn: true },
    'search-results': { path: '/search?q=card+readr' },
    'search-nothing': { path: '/search?q=zeppelin' },
    category: { path: `/categories/${categories.items[0]?.id}/hardware` },
    article: { path: '/articles/connect-a-card-reader' },
    'article-missing': { path: '/articles/no-such-article' },
    'sign-in': { path: '/sign-in' },
    'forgot-password': { path: '/forgot-password' },
    'reset-password': { path: '/reset-password#token=x' },
    'new-ticket': { path: '/tickets/new?subject=card+reader+does+not+connect', signedIn: true },
    'new-ticket-anonymous': { path: '/tickets/new' },
    tickets: { path: '/tickets', signedIn: true },
    'tickets-of-organization': { path: '/tickets?of=organization&state=all', signedIn: true },
    'tickets-found': { path: '/tickets?state=all&q=offline', signedIn: true },
    ticket: { path: `/tickets/${opened.number}`, signedIn: true },
    'ticket-solved': { path: `/tickets/${tickets.items[0]?.number}`, signedIn: true },
    'ticket-missing': { path: '/tickets/999999', signedIn: true },
  }
}

for (const theme of THEMES) {
  test(`every page is accessible, ${theme}`, async ({ browser }) => {
    test.setTimeout(120_000)
    const anonymous = await (await browser.newContext()).newPage()
    const customer = await browserOf(browser, 'customer')
    for (const page of [anonymous, customer]) await useTheme(page, theme)
    for (const [name, { path, signedIn }] of Object.entries(await addresses())) {
      await test.step(name, async () => {
        const page = signedIn ? customer : anonymous
        await page.setViewportSize(DESKTOP)
        await page.goto(path)
        await settled(page)
        await photograph(page, `portal-${name}-${theme}`)
        await expectAccessible(page)
        await page.setViewportSize(PHONE)
        await photograph(page, `portal-${name}-${theme}-phone`)
        const tooWide = await page.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
        )
        expect.soft(tooWide, `${path} scrolls sideways on a phone`).toBe(false)
      })
    }
  })
}

for (const locale of ['de', 'ar'] as const) {
  test(`the portal speaks ${locale}`, async ({ browser }) => {
    const page = await (await browser.newContext({ locale })).newPage()
    for (const [name, path] of Object.entries({
      home: '/',
      search: '/search?q=card',
      article: '/articles/connect-a-card-reader',
      new: '/tickets/new',
    })) {
      await page.goto(path)
      await settled(page)
      await expect(page.locator('html')).toHaveAttribute('lang', locale)
      await expect(page.locator('html')).toHaveAttribute('dir', locale === 'ar' ? 'rtl' : 'ltr')
      // A key that has no text is shown as itself.
      await expect(page.getByText(/portal\.\w+/)).toHaveCount(0)
      await photograph(page, `portal-${name}-${locale}`)
      await expectAccessible(page)
    }
  })
}

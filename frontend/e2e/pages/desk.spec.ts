import { expectAccessible } from '../support/accessibility.ts'
import { Caller } from '../support/api.ts'
import { photograph, settled, THEMES, useTheme } from '../support/pages.ts'
import { browserOf } from '../support/people.ts'
import { expect, test } from '../support/test.ts'

test.describe.configure({ mode: 'parallel' })

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1440, height: 900 }

interface Listed<Item> {
  items: Item[]
}

/** Of the desk and of the administration, all of which an admin sees. */
async function addresses(): Promise<Record<string, string>> {
  const agent = await Caller.as('agent')
  const tickets = await agent.query<Listed<{ number: number }>>('/v1/tickets?status=open&limit=1')
  const documents = await agent.query<Listed<{ id: string }>>('/v1/documents?limit=1')
  return {
    queue: '/desk',
    'list-all': '/desk/tickets?sort=-priority',
    'list-search': '/desk/tickets?q=printer',
    'list-empty': '/desk/tickets?q=zeppelin',
    ticket: `/desk/tickets/${tickets.items[0]?.number}`,
    'ticket-missing': '/desk/tickets/999999',
    knowledge: '/desk/knowledge',
    document: `/desk/knowledge/${documents.items[0]?.id}`,
    users: '/admin/users',
    groups: '/admin/groups',
    organizations: '/admin/organizations',
    projections: '/admin/projections',
    sessions: '/admin/sessions',
    'api-tokens': '/admin/api-tokens',
  }
}

for (const theme of THEMES) {
  test(`every page of the desk is accessible, ${theme}`, async ({ browser }) => {
    test.setTimeout(120_000)
    const page = await browserOf(browser, 'admin')
    await useTheme(page, theme)
    for (const [name, path] of Object.entries(await addresses())) {
      await test.step(name, async () => {
        await page.setViewportSize(DESKTOP)
        await page.goto(path)
        await settled(page)
        await photograph(page, `desk-${name}-${theme}`)
        await expectAccessible(page)
        await page.setViewportSize(PHONE)
        await photograph(page, `desk-${name}-${theme}-phone`)
        const tooWide = await page.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
        )
        expect.soft(tooWide, `${path} scrolls sideways on a phone`).toBe(false)
      })
    }
  })
}

import { Caller, type Opened, unique } from '../support/api.ts'
import { browserOf } from '../support/people.ts'
import { expect, test } from '../support/test.ts'

test('a customer asks, an agent answers at the desk, and both see it without a reload', async ({ browser }) => {
  const customer = await browserOf(browser, 'customer')
  const subject = unique('The tablet gets hot')
  await customer.goto('/tickets/new')
  await customer.getByLabel('What is it about?').fill(subject)
  await customer.getByLabel('What is going on?').fill('It switches itself off at noon.')
  await customer.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(customer.getByRole('heading', { level: 1, name: new RegExp(subject) })).toBeVisible()
  const number = customer.url().split('/').at(-1)

  const agent = await browserOf(browser, 'agent')
  await agent.goto(`/desk/tickets/${number}`)
  await expect(agent.getByText('It switches itself off at noon.')).toBeVisible()

  const note = unique('Lot 7 is known for it')
  await agent.getByRole('button', { name: 'Internal note', exact: true }).click()
  await agent.getByRole('textbox', { name: 'Write a note for your team' }).fill(note)
  await agent.getByRole('button', { name: 'Add note' }).click()
  await expect(agent.getByText(note)).toBeVisible()

  const answer = unique('Please keep it out of the sun')
  await agent.getByRole('button', { name: 'Public reply', exact: true }).click()
  await agent.getByRole('textbox', { name: 'Write a reply to the customer' }).fill(answer)
  await agent.getByRole('button', { name: 'Send reply' }).click()
  await expect(agent.getByRole('textbox', { name: 'Write a reply to the customer' })).toHaveValue('')

  await expect(customer.getByText(answer)).toBeVisible()
  await expect(customer.getByText(note)).toHaveCount(0)
  const thanks = unique('It runs, thank you')
  await customer.getByLabel('Your answer').fill(thanks)
  await customer.getByRole('button', { name: 'Send answer' }).click()
  await expect(agent.getByText(thanks)).toBeVisible()
})

test('a reply that was begun survives a reload, and the note beside it is another text', async ({ browser }) => {
  const caller = await Caller.as('customer')
  const ticket = await caller.command<Opened>('POST', '/v1/tickets', {
    subject: unique('Display is pale'),
    body: 'Help.',
  })
  const agent = await browserOf(browser, 'agent')
  await agent.goto(`/desk/tickets/${ticket.number}`)
  await agent.getByRole('textbox', { name: 'Write a reply to the customer' }).fill('Have you tried')
  await agent.getByRole('button', { name: 'Internal note', exact: true }).click()
  await expect(agent.getByRole('textbox', { name: 'Write a note for your team' })).toHaveValue('')
  await agent.reload()
  await expect(agent.getByRole('textbox', { name: 'Write a reply to the customer' })).toHaveValue('Have you tried')
})

test('two agents on one ticket see one another, and who is writing', async ({ browser }) => {
  const caller = await Caller.as('customer')
  const ticket = await caller.command<Opened>('POST', '/v1/tickets', {
    subject: unique('Cable is short'),
    body: 'It does not reach.',
  })
  const agent = await browserOf(browser, 'agent')
  const admin = await browserOf(browser, 'admin')
  const beside = (page: typeof agent) => page.getByRole('group', { name: 'Also on this ticket' })
  await agent.goto(`/desk/tickets/${ticket.number}`)
  await admin.goto(`/desk/tickets/${ticket.number}`)
  await expect(beside(agent)).toContainText('Nora Feldmann is viewing')
  await expect(beside(admin)).toContainText('Samuel Adeyemi is viewing')

  // Key by key, as only what somebody types says that they do.
  await agent.getByRole('textbox', { name: 'Write a reply to the customer' }).pressSequentially('Dear')
  await expect(beside(admin)).toContainText('Samuel Adeyemi is typing')
  await expect(admin.getByText('Somebody else is writing here now: Samuel Adeyemi.')).toBeVisible()
  await expect(beside(agent)).not.toContainText('Samuel')
  // A pause.
  await expect(beside(admin)).toContainText('Samuel Adeyemi is viewing')

  await agent.getByRole('textbox', { name: 'Write a reply to the customer' }).fill('')
  await agent.getByRole('button', { name: 'Back to the list' }).click()
  await expect(beside(admin)).not.toContainText('Samuel')
  await admin.goto('/')
  await agent.goto(`/desk/tickets/${ticket.number}`)
  await expect(beside(agent)).not.toContainText('Nora')
})

test('two agents change the same at once: both sides are shown, and nothing is lost', async ({ browser }) => {
  const caller = await Caller.as('customer')
  const before = unique('Coin tray')
  const ticket = await caller.command<Opened>('POST', '/v1/tickets', { subject: before, body: 'It jams.' })
  const agent = await browserOf(browser, 'agent')
  // This desk hears nothing of what the other one does.
  await agent.route('**/v1/events**', (route) => route.abort())
  await agent.goto(`/desk/tickets/${ticket.number}`)
  await expect(agent.getByRole('heading', { level: 1, name: before })).toBeVisible()

  const admin = await Caller.as('admin')
  const theirs = `${before}, front`
  await admin.command('PATCH', `/v1/tickets/${ticket.id}`, { subject: theirs, priority: 'high' }, ticket.version)

  const mine = `${before}, back`
  await agent.getByRole('button', { name: before }).click()
  await agent.getByRole('textbox', { name: 'Subject' }).fill(mine)
  await agent.getByRole('textbox', { name: 'Subject' }).press('Enter')
  const conflict = agent.getByRole('dialog', { name: 'Somebody changed the same' })
  await expect(conflict.getByText(theirs)).toBeVisible()
  await expect(conflict.getByText(mine)).toBeVisible()
  await conflict.getByRole('radio', { name: new RegExp(`Yours.*${mine}`, 's') }).check()
  await conflict.getByRole('button', { name: 'Keep what is chosen' }).click()
  await expect(agent.getByRole('heading', { level: 1, name: mine })).toBeVisible()
  await expect
    .poll(async () => admin.query<{ subject: string; priority: string }>(`/v1/tickets/${ticket.id}`))
    .toMatchObject({ subject: mine, priority: 'high' })
})

test('a saved filter is shared with everybody, counts live, and is changed and deleted', async ({ browser }) => {
  const name = unique('Urgent')
  const tag = unique('tag').replace(' ', '-')
  const admin = await browserOf(browser, 'admin')
  await admin.goto(`/desk/tickets?tag=${tag}`)
  await admin.getByRole('button', { name: 'Save filter' }).first().click()
  const dialog = admin.getByRole('dialog', { name: 'Save filter' })
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('For').selectOption('Everybody')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await expect(admin.getByRole('link', { name })).toHaveAttribute('aria-current', 'page')

  const caller = await Caller.as('agent')
  await caller.command('POST', '/v1/tickets', { subject: unique('Too hot'), body: 'It smokes.', tags: [tag] })
  const agent = await browserOf(browser, 'agent')
  await expect(async () => {
    await agent.goto('/desk/tickets')
    await expect(agent.getByRole('link', { name: `${name} 1` })).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await agent.getByRole('link', { name }).click()
  await expect(agent).toHaveURL(new RegExp(`tag=${tag}`))

  await admin.getByRole('link', { name }).hover()
  await admin.getByRole('button', { name: `Edit the saved filter ${name}` }).click()
  const editing = admin.getByRole('dialog', { name: 'Saved filter' })
  await editing.getByLabel('Name').fill(`${name} now`)
  await editing.getByRole('button', { name: 'Save' }).click()
  await expect(admin.getByRole('link', { name: `${name} now` })).toBeVisible()
  await admin.getByRole('link', { name: `${name} now` }).hover()
  await admin.getByRole('button', { name: `Edit the saved filter ${name} now` }).click()
  await editing.getByRole('button', { name: 'Delete' }).click()
  await expect(admin.getByRole('link', { name })).toBeHidden()
})

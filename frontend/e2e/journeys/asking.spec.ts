import { Caller, type Opened, unique } from '../support/api.ts'
import { browserOf } from '../support/people.ts'
import { expect, test } from '../support/test.ts'

test('a customer asks, support answers, the customer sees it without a reload', async ({ browser }) => {
  const page = await browserOf(browser, 'customer')
  const subject = unique('The card reader does not connect')
  await page.goto('/tickets/new')
  await page.getByLabel('What is it about?').fill(subject)
  await expect(page.getByRole('link', { name: /Connect a card reader/ })).toBeVisible()
  await page.getByLabel('What is going on?').fill('Since this morning it blinks **red**.')
  await page
    .getByLabel('Attach files')
    .setInputFiles({ name: 'log.txt', mimeType: 'text/plain', buffer: Buffer.from('E17\n') })
  await expect(page.getByRole('button', { name: 'Remove log.txt' })).toBeVisible()
  await page.getByRole('button', { name: 'Send', exact: true }).click()

  await expect(page).toHaveURL(/\/tickets\/\d+$/)
  const thread = page.getByRole('list', { name: 'Messages' })
  await expect(thread.getByText('red', { exact: true })).toBeVisible()
  await expect(page.getByText('Received', { exact: true })).toBeVisible()
  const loading = page.waitForEvent('download')
  await thread.getByRole('button', { name: /log\.txt/ }).click()
  expect((await loading).suggestedFilename()).toBe('log.txt')

  const agent = await Caller.as('agent')
  const ticket = await agent.query<Opened>(`/v1/tickets/${page.url().split('/').at(-1)}`)
  await agent.command('POST', `/v1/tickets/${ticket.id}/messages`, {
    body: 'Please hold the yellow key.',
    visibility: 'public',
  })
  await agent.command('POST', `/v1/tickets/${ticket.id}/messages`, {
    body: 'A known fault of lot 7.',
    visibility: 'internal',
  })
  await expect(thread.getByText('Please hold the yellow key.')).toBeVisible()
  await expect(page.getByText('In progress', { exact: true })).toBeVisible()
  await expect(page.getByText('lot 7')).toHaveCount(0)

  await page.getByLabel('Your answer').fill('That was it, thank you!')
  await page.getByRole('button', { name: 'Send answer' }).click()
  await expect(thread.getByText('That was it, thank you!')).toBeVisible()
  await expect(page.getByLabel('Your answer')).toHaveValue('')

  await page.getByRole('button', { name: 'This is solved' }).click()
  await expect(page.getByText('Solved', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Reopen' }).click()
  await expect(page.getByText('In progress', { exact: true })).toBeVisible()

  await page.goto('/tickets')
  await expect(page.getByRole('link', { name: new RegExp(subject) })).toBeVisible()
})

test('what is written survives a reload and the way to the sign-in page', async ({ page }) => {
  const subject = unique('My till is dark')
  await page.goto('/tickets/new')
  await page.getByLabel('What is it about?').fill(subject)
  await page.getByLabel('What is going on?').fill('The screen stays black.')
  await page.reload()
  await expect(page.getByLabel('What is it about?')).toHaveValue(subject)
  await expect(page.getByText('You wrote this earlier')).toBeVisible()
  await page.getByRole('button', { name: 'Sign in to send' }).click()
  await page.getByLabel('Email').fill('customer@example.com')
  await page.getByLabel('Password').fill('tidedesk-demo-2026')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByLabel('What is going on?')).toHaveValue('The screen stays black.')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(subject) })).toBeVisible()
  await page.goto('/tickets/new')
  await expect(page.getByLabel('What is it about?')).toHaveValue('')
})

test('a form that is not filled in says what is missing, and leads there', async ({ browser }) => {
  const page = await browserOf(browser, 'customer')
  await page.goto('/tickets/new')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByText('Say in a few words what it is about.')).toBeVisible()
  await expect(page.getByLabel('What is it about?')).toBeFocused()
})

test('a file that may not come says why, and the others stay', async ({ browser }) => {
  const page = await browserOf(browser, 'customer')
  await page.goto('/tickets/new')
  await page.getByLabel('Attach files').setInputFiles([
    { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<!doctype html><script>1</script>') },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') },
  ])
  await expect(page.getByRole('alert').filter({ hasText: /HTML/ })).toBeVisible()
  await expect(page.getByText('notes.txt')).toBeVisible()
})

test('an answer that came in the meantime keeps a step from being taken unseen', async ({ browser }) => {
  const customer = await Caller.as('customer')
  const ticket = await customer.command<Opened>('POST', '/v1/tickets', { subject: unique('Coins jam'), body: 'Help.' })
  const page = await browserOf(browser, 'customer')
  await page.goto(`/tickets/${ticket.number}`)
  await expect(page.getByRole('button', { name: 'This is solved' })).toBeVisible()
  // The page hears of nothing that happens now.
  await page.route('**/v1/events**', (route) => route.abort())
  await page.reload()
  await expect(page.getByRole('button', { name: 'This is solved' })).toBeVisible()
  const agent = await Caller.as('agent')
  await agent.command('POST', `/v1/tickets/${ticket.id}/messages`, {
    body: 'Wait, one question.',
    visibility: 'public',
  })
  await page.getByRole('button', { name: 'This is solved' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'in the meantime' })).toBeVisible()
  await expect(page.getByText('Wait, one question.')).toBeVisible()
  await page.getByRole('button', { name: 'This is solved' }).click()
  await expect(page.getByText('Solved', { exact: true })).toBeVisible()
})

import { type Browser, type BrowserContext, expect, test as base } from '@playwright/test'

// The browser itself tells so of answers that a test may well have asked for.
const ANSWERS = /^Failed to load resource/

/** A page may look right while an error of its script, or of the content security policy, is in its console. */
export const test = base.extend<{ nothingUnforeseen: undefined }>({
  nothingUnforeseen: [
    async ({ browser }, use) => {
      const errors: string[] = []
      const forget = watchContexts(browser, (context) => {
        context.on('weberror', (error) => errors.push(String(error.error().stack)))
        context.on('console', (message) => {
          if (message.type() === 'error' && !ANSWERS.test(message.text())) errors.push(message.text())
        })
      })
      await use(undefined)
      forget()
      expect(errors).toEqual([])
    },
    { auto: true },
  ],
})

export { expect }

function watchContexts(browser: Browser, watch: (context: BrowserContext) => void): () => void {
  const open = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const context = await open(options)
    watch(context)
    return context
  }
  return () => {
    browser.newContext = open
  }
}

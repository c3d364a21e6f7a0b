import { settled } from '../support/pages.ts'
import { expect, test } from '../support/test.ts'

const JAVASCRIPT_LIMIT_BYTES = 200_000
const LARGEST_PAINT_LIMIT_MS = 2_500
// What Lighthouse calls slow 4G.
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }

test('the first page of the portal brings less than 200 kB of JavaScript', async ({ page }) => {
  await page.goto('/')
  await settled(page)
  const scripts = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map((entry) => entry as PerformanceResourceTiming)
      .filter(({ name }) => /\.js(\?|$)/.test(name))
      .map(({ name, encodedBodySize }) => ({ name, bytes: encodedBodySize })),
  )
  const total = scripts.reduce((sum, { bytes }) => sum + bytes, 0)
  process.stdout.write(`JavaScript of the first page, compressed: ${total} bytes in ${scripts.length} files\n`)
  expect(scripts.every(({ bytes }) => bytes > 0)).toBe(true)
  expect(total, JSON.stringify(scripts, null, 1)).toBeLessThan(JAVASCRIPT_LIMIT_BYTES)
})

test.describe('the largest part', () => {
  // Each time with nothing in the cache: what else runs here may have the processor for a while.
  test.describe.configure({ retries: 3 })

  for (const path of ['/', '/articles/connect-a-card-reader']) {
    test(`of ${path} shows within 2.5 s on slow 4G`, async ({ page }) => {
      const network = await page.context().newCDPSession(page)
      await network.send('Network.emulateNetworkConditions', SLOW_4G)
      await page.goto(path)
      await settled(page)
      const paintedMs = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? Infinity)).observe({
              type: 'largest-contentful-paint',
              buffered: true,
            })
          }),
      )
      process.stdout.write(`largest paint of ${path}: ${Math.round(paintedMs)} ms\n`)
      expect(paintedMs).toBeLessThan(LARGEST_PAINT_LIMIT_MS)
    })
  }
})

import type { Page } from '@playwright/test'

export const THEMES = ['light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

// Git-ignored; kept by CI.
const FOLDER = '../../build/e2e/screenshots'

export async function useTheme(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
}

/** When everything that a page asks for has come. */
export async function settled(page: Page): Promise<void> {
  await page.locator('#main').waitFor()
  await page.waitForFunction(() => document.querySelector('#main [aria-busy="true"], #main .animate-shimmer') === null)
  await page.evaluate(() => document.fonts.ready)
}

export async function photograph(page: Page, name: string, options: { fullPage?: boolean } = {}): Promise<void> {
  await page.screenshot({
    path: `${FOLDER}/${name}.png`,
    animations: 'disabled',
    caret: 'hide',
    fullPage: true,
    ...options,
  })
}

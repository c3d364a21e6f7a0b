import { defineConfig } from '@playwright/test'

import { stack } from './support/stack.ts'

export default defineConfig({
  testMatch: '**/*.spec.ts',
  outputDir: '../../build/e2e/results',
  // Of one file only what says that it may: others stop parts of the one stack.
  workers: 2,
  // What passes at the second try has a fault that somebody will meet.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Busy machines are slow, not wrong: a step has twice what it takes on two cores that do nothing else.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    baseURL: stack.address,
    actionTimeout: 15_000,
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      // The sandbox refuses root, and nothing but the stack is to be talked to.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})

import '@/ui/styles.css'

import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { loadConfig } from '@/api/config'

import App from './App.vue'
import { i18n, preferredLocale, useLocale } from './i18n'
import { makeQueryClient } from './queryClient'
import { router } from './router'
import { showStartFailed } from './startFailed'

async function start(): Promise<void> {
  await Promise.all([loadConfig(), useLocale(preferredLocale(), false)])
  createApp(App)
    .use(createPinia())
    .use(i18n)
    .use(VueQueryPlugin, { queryClient: makeQueryClient() })
    .use(router)
    .mount('#app')
}

start().catch(showStartFailed)

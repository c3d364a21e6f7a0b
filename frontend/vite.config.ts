import { fileURLToPath } from 'node:url'

import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// Where `make dev` finds the APIs; what is built asks /config.json instead.
const commands = process.env.TIDEDESK_COMMANDS_URL ?? 'http://127.0.0.1:8000'
const queries = process.env.TIDEDESK_QUERIES_URL ?? 'http://127.0.0.1:8001'

// What the first page needs comes in few files: over a phone's connection each round of requests costs more than its bytes.
const CHUNKS = [
  {
    name: 'vendor',
    test: /node_modules\/(vue|@vue|vue-router|vue-i18n|@intlify|@tanstack\/(query-core|vue-query)|pinia|openapi-fetch)\//,
  },
  { name: 'icons', test: /node_modules\/@lucide\// },
  {
    name: 'base',
    test: /src\/(api\/|app\/\w+\.ts|ui\/(Ui(Avatar|Button|Empty|Error|Field|Highlight|Html|Input|Skeleton|Textarea)\.vue|controls))/,
  },
  { name: 'portal', test: /src\/portal\/(parts|data|\w+\.ts|PortalLayout|pages\/(Article|Home)Page)/ },
]

// Most who come are readers of an article: what it is shown with comes beside what the application starts with, not
// after that was run. The texts are those which every other language falls back on.
const FIRST_PAGE = [/src\/portal\/PortalLayout\.vue/, /src\/locales\/en\/portal\.json/]

export default defineConfig({
  plugins: [vue(), tailwindcss(), runtimeConfig(), preloadFirstPage()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: { target: 'es2022', assetsInlineLimit: 0, rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } } },
  server: { host: '127.0.0.1', strictPort: true },
  test: { environment: 'jsdom', include: ['tests/**/*.test.ts'], restoreMocks: true },
})

function runtimeConfig() {
  return {
    name: 'tidedesk-runtime-config',
    configureServer(server: import('vite').ViteDevServer) {
      server.middlewares.use('/config.json', (_request, response) => {
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify({ commands_url: commands, queries_url: queries }))
      })
    },
  }
}

function preloadFirstPage(): import('vite').Plugin {
  return {
    name: 'tidedesk-preload-first-page',
    transformIndexHtml: (_html, { bundle = {} }) =>
      Object.values(bundle).flatMap((file) => {
        if (file.type !== 'chunk' || !file.moduleIds.some((id) => FIRST_PAGE.some((part) => part.test(id)))) return []
        const styles = [...(file.viteMetadata?.importedCss ?? [])]
        return [
          { tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file.fileName}` } },
          ...styles.map((href) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'style', crossorigin: true, href: `/${href}` },
          })),
        ].map((link) => ({ ...link, injectTo: 'head' as const }))
      }),
  }
}

import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteRecordRaw } from 'vue-router'

import { admin } from '@/admin/routes'
import { desk } from '@/console/routes'
import { portal } from '@/portal/routes'

import { enterRoom, type Room, texts } from './i18n'
import { useSession } from './session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Whose texts the page needs. */
    room?: Room
    /** Who may come in; anybody if left out. */
    for?: 'anybody' | 'signed-in' | 'staff' | 'admin'
    /** A key of the room's texts, for the title of the window. */
    title?: string
  }
}

const own: RouteRecordRaw[] = [
  { path: '/sign-in', name: 'sign-in', component: () => import('./SignIn.vue'), meta: { title: 'signIn.title' } },
  { path: '/not-allowed', name: 'not-allowed', component: () => import('./NotAllowed.vue') },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('./NotFound.vue'),
    meta: { title: 'notFound.title' },
  },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [...portal, ...desk, ...admin, ...own],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
})

/** Its code comes while its texts do, and not after them: on a phone that is a fifth of a second. */
function fetchPage(to: RouteLocationNormalized): void {
  for (const page of to.matched.flatMap(({ components }) => Object.values(components ?? {}))) {
    if (typeof page === 'function') void (page as () => Promise<unknown>)().catch(() => undefined)
  }
}

router.beforeEach(async (to) => {
  const session = useSession()
  const rooms = to.matched.flatMap(({ meta }) => meta.room ?? [])
  const texts = Promise.all(rooms.map(enterRoom))
  fetchPage(to)
  const wanted = to.meta.for ?? 'anybody'
  // Public pages do not wait for who is asking; they learn it when it is known.
  const who = session.know()
  if (wanted === 'anybody') {
    who.catch(() => undefined)
    await texts
    return true
  }
  await Promise.all([texts, who])
  if (!session.user) return { name: 'sign-in', query: { to: to.fullPath } }
  if ((wanted === 'staff' && !session.isStaff) || (wanted === 'admin' && !session.isAdmin)) {
    return { name: 'not-allowed', query: { to: to.fullPath } }
  }
  return true
})

router.afterEach((to) => {
  const title = to.meta.title ? texts.t(to.meta.title) : ''
  document.title = title ? `${title} · Tidedesk` : 'Tidedesk'
})

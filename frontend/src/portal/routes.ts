import type { RouteRecordRaw } from 'vue-router'

import { useSession } from '@/app/session'

const room = 'portal' as const

export const portal: RouteRecordRaw[] = [
  {
    path: '/',
    component: () => import('./PortalLayout.vue'),
    meta: { room },
    children: [
      {
        path: '',
        name: 'help',
        component: () => import('./pages/HomePage.vue'),
        meta: { title: 'portal.home.window' },
      },
      {
        path: 'search',
        name: 'help-search',
        component: () => import('./pages/SearchPage.vue'),
        meta: { title: 'portal.search.window' },
      },
      {
        path: 'categories/:id/:name?',
        name: 'help-category',
        component: () => import('./pages/CategoryPage.vue'),
        meta: { title: 'portal.category.window' },
      },
      {
        path: 'articles/:slug',
        name: 'help-article',
        component: () => import('./pages/ArticlePage.vue'),
        meta: { title: 'portal.article.window' },
      },
      {
        path: 'tickets',
        name: 'my-tickets',
        component: () => import('./pages/TicketsPage.vue'),
        meta: { for: 'signed-in', title: 'portal.tickets.window' },
      },
      {
        path: 'tickets/new',
        name: 'new-ticket',
        component: () => import('./pages/NewTicketPage.vue'),
        // Whose draft it shows; who is nobody yet may come in, too.
        beforeEnter: () =>
          useSession()
            .know()
            .catch(() => undefined),
        meta: { title: 'portal.new.window' },
      },
      {
        path: 'tickets/:number',
        name: 'my-ticket',
        component: () => import('./pages/TicketPage.vue'),
        meta: { for: 'signed-in', title: 'portal.ticket.window' },
      },
      {
        path: 'forgot-password',
        name: 'forgot-password',
        component: () => import('./pages/ForgotPasswordPage.vue'),
        meta: { title: 'portal.forgot.window' },
      },
      {
        path: 'reset-password',
        name: 'reset-password',
        component: () => import('./pages/ResetPasswordPage.vue'),
        meta: { title: 'portal.reset.window' },
      },
    ],
  },
]

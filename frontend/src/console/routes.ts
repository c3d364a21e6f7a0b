import type { RouteRecordRaw } from 'vue-router'

export const desk: RouteRecordRaw[] = [
  {
    path: '/desk',
    component: () => import('./shell/DeskShell.vue'),
    meta: { room: 'console', for: 'staff' },
    redirect: '/desk/tickets?assignee=me&status=new,open,pending,on_hold',
    children: [
      {
        path: 'tickets',
        name: 'tickets',
        component: () => import('./list/TicketListPage.vue'),
        meta: { title: 'desk.tickets' },
      },
      {
        path: 'tickets/:number',
        name: 'ticket',
        component: () => import('./ticket/TicketPage.vue'),
        meta: { title: 'desk.ticket' },
      },
      {
        path: 'knowledge',
        name: 'knowledge',
        component: () => import('./knowledge/KnowledgePage.vue'),
        meta: { title: 'knowledge.title' },
      },
      {
        path: 'knowledge/:id',
        name: 'document',
        component: () => import('./knowledge/DocumentPage.vue'),
        meta: { title: 'knowledge.title' },
      },
    ],
  },
]

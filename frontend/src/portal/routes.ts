import type { RouteRecordRaw } from 'vue-router'

export const portal: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'home',
    component: () => import('./PortalHome.vue'),
    meta: { room: 'portal', title: 'portal.title' },
  },
]

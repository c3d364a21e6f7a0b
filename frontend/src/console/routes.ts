import type { RouteRecordRaw } from 'vue-router'

export const desk: RouteRecordRaw[] = [
  {
    path: '/desk',
    component: () => import('./DeskShell.vue'),
    meta: { room: 'console', for: 'staff', title: 'desk.title' },
    children: [],
  },
]

import type { RouteRecordRaw } from 'vue-router'

/** Within the desk: its sidebar stays, and its texts are there already. */
export const admin: RouteRecordRaw[] = [
  {
    path: '/admin',
    component: () => import('@/console/shell/DeskShell.vue'),
    meta: { room: 'console', for: 'staff' },
    redirect: '/admin/users',
    children: [
      {
        path: '',
        component: () => import('./AdminLayout.vue'),
        meta: { room: 'admin' },
        children: [
          {
            path: 'users',
            component: () => import('./users/UsersPage.vue'),
            meta: { for: 'admin', title: 'admin.users' },
          },
          {
            path: 'groups',
            component: () => import('./groups/GroupsPage.vue'),
            meta: { for: 'admin', title: 'admin.groups' },
          },
          {
            path: 'organizations',
            component: () => import('./organizations/OrganizationsPage.vue'),
            meta: { for: 'admin', title: 'admin.organizations' },
          },
          {
            path: 'projections',
            component: () => import('./projections/ProjectionsPage.vue'),
            meta: { title: 'admin.projections' },
          },
          { path: 'sessions', component: () => import('./access/SessionsPage.vue'), meta: { title: 'admin.sessions' } },
          { path: 'api-tokens', component: () => import('./access/TokensPage.vue'), meta: { title: 'admin.tokens' } },
        ],
      },
    ],
  },
]

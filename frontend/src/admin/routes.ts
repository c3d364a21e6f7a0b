import type { RouteRecordRaw } from 'vue-router'

export const admin: RouteRecordRaw[] = []

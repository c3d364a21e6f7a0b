import { reactive, readonly } from 'vue'

import { asProblem } from '@/api/problems'

export interface Toast {
  id: number
  kind: 'done' | 'failed'
  text: string
  detail?: string
  action?: { label: string; run: () => void }
}

const toasts = reactive<Toast[]>([])
let lastId = 0

function show(toast: Omit<Toast, 'id'>): void {
  toasts.push({ ...toast, id: ++lastId })
  // More than three nobody reads.
  if (toasts.length > 3) toasts.shift()
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

export function useToasts() {
  return {
    toasts: readonly(toasts),
    done: (text: string, action?: Toast['action']) => show({ kind: 'done', text, action }),
    /** What was tried and did not work, with what the server says of it. */
    failed: (text: string, error: unknown) => show({ kind: 'failed', text, detail: asProblem(error).detail }),
  }
}

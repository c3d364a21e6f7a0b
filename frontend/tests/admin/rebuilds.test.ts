import { describe, expect, it } from 'vitest'

import { type Projection, stageOf, stepsOf } from '@/admin/projections/rebuilds'

const AT = '2026-03-01T09:30:00Z'
const NOW = Date.parse(AT) + 1_000

const projection = (changes: Partial<Projection> = {}): Projection => ({
  name: 'tickets',
  pending: 0,
  retrying: 0,
  oldest_pending_age_ms: null,
  dead: 0,
  rebuild: null,
  wish: null,
  kept_index: null,
  ...changes,
})
const rebuild = (changes: Partial<NonNullable<Projection['rebuild']>> = {}) => ({
  index: 'new',
  phase: 'copying',
  done: 1,
  total: 9,
  rate_per_s: null,
  left_s: null,
  slowed: false,
  paused_at: null,
  started_at: AT,
  updated_at: AT,
  ...changes,
})
const wish = (changes: Partial<NonNullable<Projection['wish']>> = {}) => ({
  kind: 'rebuild' as const,
  wished_at: AT,
  paused_at: null,
  refused_at: null,
  problem: null,
  ...changes,
})
const refused = wish({ refused_at: AT, problem: 'it differs' })

describe('a projection', () => {
  it.each([
    ['idle', {}, ['rebuild']],
    ['idle', { kept_index: 'old' }, ['rebuild', 'rollback']],
    ['waiting', { wish: wish() }, ['pause']],
    ['paused', { wish: wish({ paused_at: AT }) }, ['resume']],
    ['running', { wish: wish(), rebuild: rebuild() }, ['pause']],
    ['running', { rebuild: rebuild() }, ['pause']],
    ['paused', { rebuild: rebuild({ paused_at: AT }) }, ['resume']],
    ['refused', { wish: refused, kept_index: 'old' }, ['rebuild', 'rollback']],
    ['refused', { wish: refused, rebuild: rebuild() }, ['rebuild', 'resume']],
    ['interrupted', { rebuild: rebuild({ updated_at: '2026-03-01T09:29:00Z' }) }, ['rebuild', 'resume']],
  ] as const)('is %s with %j', (stage, changes, steps) => {
    expect(stageOf(projection(changes), NOW)).toBe(stage)
    expect(stepsOf(projection(changes), NOW)).toEqual(steps)
  })
})

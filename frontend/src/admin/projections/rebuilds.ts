import type { Queries } from '@/api/schemas'

export type Projection = Queries['ProjectionState']
export type Step = 'rebuild' | 'rollback' | 'pause' | 'resume'
export type Stage = 'idle' | 'waiting' | 'running' | 'paused' | 'refused' | 'interrupted'

// Whoever rebuilds says so once a second; the command API waits as long before it takes them for gone.
const SILENT_AFTER_MS = 15_000

export function stageOf({ rebuild, wish }: Projection, now = Date.now()): Stage {
  const pending = wish?.refused_at === null ? wish : null
  if (pending?.paused_at || rebuild?.paused_at) return 'paused'
  if (pending) return rebuild ? 'running' : 'waiting'
  if (wish) return 'refused'
  if (!rebuild) return 'idle'
  return now - Date.parse(rebuild.updated_at) > SILENT_AFTER_MS ? 'interrupted' : 'running'
}

/** What may be done about it now; the command API has the last word. */
export function stepsOf(projection: Projection, now = Date.now()): Step[] {
  const stage = stageOf(projection, now)
  if (stage === 'waiting' || stage === 'running') return ['pause']
  if (stage === 'paused') return ['resume']
  const steps: Step[] = ['rebuild']
  if (projection.rebuild) steps.push('resume')
  else if (projection.kept_index) steps.push('rollback')
  return steps
}

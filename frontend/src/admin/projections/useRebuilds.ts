import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'

import { answerOf, commands, idempotencyKey } from '@/api/client'
import type { Commands } from '@/api/schemas'
import { keys } from '@/app/keys'
import { useCommand } from '@/app/useCommand'
import { useToasts } from '@/ui/toasts'

import type { Step } from './rebuilds'

export type Target = Commands['RebuildBody']['projection']
type Name = Commands['ReadModelName']

const PATHS = {
  pause: '/v1/rebuilds/{projection}/pause',
  resume: '/v1/rebuilds/{projection}/resume',
  rollback: '/v1/rebuilds/{projection}/rollback',
} as const

/** What an admin asks of the projector. How far it is, is published with the freshness. */
export function useRebuilds() {
  const { t } = useI18n()
  const client = useQueryClient()
  const toasts = useToasts()
  const { busy, problem, run } = useCommand()

  const send = (step: Step, name: Target) => {
    const header = idempotencyKey()
    return step === 'rebuild'
      ? answerOf(commands().POST('/v1/rebuilds', { params: { header }, body: { projection: name } }))
      : answerOf(commands().POST(PATHS[step], { params: { path: { projection: name as Name }, header } }))
  }

  async function ask(step: Step, name: Target): Promise<boolean> {
    const done = await run(() => send(step, name))
    if (done) toasts.done(t(`projections.asked.${step}`, { name }))
    await client.invalidateQueries({ queryKey: keys.freshness })
    return done
  }

  return { busy, problem, ask }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { stack } from './stack.ts'

/** It stands still as on a machine that is out of memory: its lease runs out, and nothing is projected. */
export function stop(): void {
  process.kill(stack.projectorPid, 'SIGSTOP')
}

export function resume(): void {
  process.kill(stack.projectorPid, 'SIGCONT')
}

export interface Rebuild {
  /** Lets it go on, and waits until the new index is in use. */
  finish(): Promise<void>
}

/** A rebuild that stands still at its first word: of so few documents it would be over before anybody looks. */
export async function rebuildHalfWay(readModel: string): Promise<Rebuild> {
  const rebuild = spawn(stack.python, ['-m', 'projector', 'rebuild', readModel, '--json'], {
    cwd: '../..',
    env: { ...process.env, TIDEDESK_DATA_DIR: stack.dataDir, PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(rebuild, 'exit')
  await once(rebuild.stderr, 'data')
  rebuild.kill('SIGSTOP')
  rebuild.stderr.resume()
  return {
    async finish() {
      rebuild.kill('SIGCONT')
      const [status] = (await ended) as [number | null]
      if (status !== 0) throw new Error(`the rebuild ended with ${status}`)
    },
  }
}

import { stack } from './stack.ts'

/** It stands still as on a machine that is out of memory: its lease runs out, and nothing is projected. */
export function stop(): void {
  process.kill(stack.projectorPid, 'SIGSTOP')
}

export function resume(): void {
  process.kill(stack.projectorPid, 'SIGCONT')
}

import { ref } from 'vue'

import { asProblem, type Problem } from '@/api/problems'

/** One command of a form: whether it is on its way, and what came of it. */
export function useCommand() {
  const busy = ref(false)
  const problem = ref<Problem | null>(null)

  /** Whether it was done. */
  async function run(command: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = null
    try {
      await command()
      return true
    } catch (error) {
      problem.value = asProblem(error)
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, problem, run }
}

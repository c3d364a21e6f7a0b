import { watch } from 'vue'
import { useRouter } from 'vue-router'

import { useSession } from './session'

/** A session that ends under a page leads to the sign-in page, and from there back to where one was. */
export function useReturnAfterSignIn(): void {
  const session = useSession()
  const router = useRouter()
  watch(
    () => session.hasEnded,
    (ended) => {
      const here = router.currentRoute.value
      if (ended && (here.meta.for ?? 'anybody') !== 'anybody') {
        void router.push({ name: 'sign-in', query: { to: here.fullPath } })
      }
    },
  )
}

import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { answerOf, commands, queries } from '@/api/client'
import { forget } from '@/api/consistency'
import { placeOfOurs } from '@/api/config'
import { Problem } from '@/api/problems'
import type { User } from '@/api/schemas'
import { forgetAccess, mayBeSignedIn, noteAccess, whenSessionEnds } from '@/api/session'

/** Who is signed in. Nothing else of the server is kept here: that is vue-query's. */
export const useSession = defineStore('session', () => {
  const user = ref<User | null>(null)
  /** The session ended by itself: the sign-in page says so. */
  const hasEnded = ref(false)
  const isStaff = computed(() => user.value?.role === 'agent' || user.value?.role === 'admin')
  const isAdmin = computed(() => user.value?.role === 'admin')
  let known: Promise<void> | null = null

  whenSessionEnds(() => {
    if (user.value) hasEnded.value = true
    user.value = null
    known = null
  })

  /** Asks once who this is; anybody without a cookie costs no request. */
  function know(): Promise<void> {
    if (user.value || !mayBeSignedIn()) return Promise.resolve()
    known ??= load().finally(() => {
      known = null
    })
    return known
  }

  async function load(): Promise<void> {
    try {
      user.value = await answerOf(queries().GET('/v1/users/{user_id}', { params: { path: { user_id: 'me' } } }))
      hasEnded.value = false
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error
    }
  }

  async function signIn(email: string, password: string): Promise<void> {
    const body = { email, password, mode: 'browser' as const }
    const signedIn = await answerOf(commands().POST('/v1/sessions', { body }))
    noteAccess(signedIn.expires_in)
    await load()
  }

  /** Where the browser has to go then, if single sign-on wants that. */
  async function signOut(): Promise<string | null> {
    const return_to = placeOfOurs('/sign-in')
    const { redirect_to } = await answerOf(commands().POST('/v1/sso/logout', { body: { return_to } }))
    leave()
    return redirect_to
  }

  function leave(): void {
    forgetAccess()
    forget()
    user.value = null
    hasEnded.value = false
  }

  return { user, hasEnded, isStaff, isAdmin, know, signIn, signOut, leave }
})

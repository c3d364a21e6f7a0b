import { computed, reactive, ref, type Ref } from 'vue'

import { answerOf, commands, idempotencyKey } from '@/api/client'
import { config } from '@/api/config'
import { asProblem, type Problem } from '@/api/problems'
import { ensureAccess } from '@/api/session'

export interface Upload {
  key: number
  name: string
  state: 'sending' | 'failed'
  problem?: Problem
}

/** What of an upload is kept with a draft: the server keeps the file for a day. */
export interface Uploaded {
  id: string
  name: string
  size: number
}

// Of one message; the server refuses more (domain/tickets/messages.py).
export const MAX_FILES = 32

/** Files go up as soon as they are chosen, so that sending the message does not wait for them. */
export function useUploads(uploaded: Ref<Uploaded[]>) {
  const running = ref<Upload[]>([])
  const files = new Map<number, File>()
  let keys = 0

  async function add(chosen: readonly File[]): Promise<void> {
    const room = MAX_FILES - uploaded.value.length - running.value.length
    await Promise.all(chosen.slice(0, Math.max(0, room)).map(begin))
  }

  function begin(file: File): Promise<void> {
    keys += 1
    files.set(keys, file)
    running.value.push({ key: keys, name: file.name, state: 'sending' })
    return send(keys, file)
  }

  async function send(key: number, file: File): Promise<void> {
    try {
      const saved = await uploadFile(file)
      // Taken away meanwhile: the server forgets the file by itself.
      if (!find(key)) return
      remove({ key })
      uploaded.value.push({ id: saved.id, name: saved.file_name, size: saved.size_bytes })
    } catch (error) {
      const upload = find(key)
      if (upload) Object.assign(upload, { state: 'failed', problem: asProblem(error) })
    }
  }

  async function again({ key }: Upload): Promise<void> {
    const upload = find(key)
    const file = files.get(key)
    if (!upload || !file) return
    Object.assign(upload, { state: 'sending', problem: undefined })
    await send(key, file)
  }

  function find(key: number): Upload | undefined {
    return running.value.find((upload) => upload.key === key)
  }

  function remove({ key }: Pick<Upload, 'key'>): void {
    running.value = running.value.filter((upload) => upload.key !== key)
    files.delete(key)
  }

  const isSending = computed(() => running.value.some(({ state }) => state === 'sending'))

  return reactive({ running, isSending, add, again, remove })
}

function uploadFile(file: File) {
  return answerOf(
    commands().POST('/v1/attachments', {
      params: { query: { file_name: file.name }, header: idempotencyKey() },
      headers: { 'Content-Type': 'application/octet-stream' },
      // The contract has a string where bytes go.
      body: file as unknown as string,
      bodySerializer: (body) => body,
    }),
  )
}

/** A link alone would come to an expired cookie; the browser takes the file as a download, and the page stays. */
export async function download(id: string): Promise<void> {
  await ensureAccess()
  window.location.assign(`${config().queriesUrl}/v1/attachments/${encodeURIComponent(id)}`)
}

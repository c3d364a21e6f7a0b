import { computed, ref } from 'vue'

import { config } from '@/api/config'
import { asProblem, problemOf } from '@/api/problems'
import type { Commands } from '@/api/schemas'
import { csrfToken, ensureAccess } from '@/api/session'

export interface Upload {
  key: number
  name: string
  sizeBytes: number
  id: string | null
  problem: string | null
}

/** Files go up as they are chosen; the message then names them. */
export function useUploads() {
  const uploads = ref<Upload[]>([])
  let last = 0

  async function put(file: File): Promise<void> {
    const key = ++last
    uploads.value.push({ key, name: file.name, sizeBytes: file.size, id: null, problem: null })
    const settle = (found: Partial<Upload>) => {
      uploads.value = uploads.value.map((each) => (each.key === key ? { ...each, ...found } : each))
    }
    try {
      settle({ id: await uploaded(file) })
    } catch (error) {
      settle({ problem: asProblem(error).detail })
    }
  }

  function add(files: FileList | readonly File[] | null | undefined): void {
    for (const file of files ?? []) void put(file)
  }

  function paste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    add(files)
  }

  function choose(): void {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.addEventListener('change', () => add(input.files))
    input.click()
  }

  const remove = (key: number) => (uploads.value = uploads.value.filter((each) => each.key !== key))
  const clear = () => (uploads.value = [])
  const ids = computed(() => uploads.value.flatMap(({ id }) => id ?? []))
  const isBusy = computed(() => uploads.value.some(({ id, problem }) => id === null && problem === null))
  return { uploads, ids, isBusy, add, paste, choose, remove, clear }
}

/** The body is the file itself, so the typed client, which speaks JSON, is not asked. */
async function uploaded(file: File): Promise<string> {
  await ensureAccess()
  const response = await fetch(`${config().commandsUrl}/v1/attachments?file_name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    credentials: 'include',
    headers: {
      'Content-Type': file.type || 'application/octet-stream',
      'X-CSRF-Token': csrfToken() ?? '',
      'Idempotency-Key': crypto.randomUUID(),
    },
    body: file,
  })
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problemOf(response, body)
  return (body as Commands['AttachmentUploaded']).id
}

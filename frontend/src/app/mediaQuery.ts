import { onScopeDispose, ref } from 'vue'

export function useMediaQuery(query: string) {
  const media = window.matchMedia(query)
  const matches = ref(media.matches)
  const note = () => (matches.value = media.matches)
  media.addEventListener('change', note)
  onScopeDispose(() => media.removeEventListener('change', note))
  return matches
}

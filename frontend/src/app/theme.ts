import { ref } from 'vue'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

// public/appearance.js reads the same key before the first paint.
const KEPT_AS = 'tidedesk.theme'
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)')

const chosen = ref<Theme>(parse(localStorage.getItem(KEPT_AS)))

function parse(value: string | null): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system'
}

function apply(): void {
  const dark = chosen.value === 'dark' || (chosen.value === 'system' && darkSystem.matches)
  document.documentElement.classList.toggle('dark', dark)
}

darkSystem.addEventListener('change', apply)

export function useTheme() {
  return {
    theme: chosen,
    setTheme(theme: Theme): void {
      chosen.value = theme
      localStorage.setItem(KEPT_AS, theme)
      apply()
    },
  }
}

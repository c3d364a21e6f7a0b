import { currentLocale } from './i18n'

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "3 hours ago", "gestern": in the language of the page. */
export function ago(time: string, now = Date.now(), style: Intl.RelativeTimeFormatStyle = 'long'): string {
  const seconds = (new Date(time).getTime() - now) / 1000
  const format = new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto', style })
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const)
  return unit === 'second' ? format.format(0, 'second') : format.format(Math.trunc(seconds / size), unit)
}

export function moment(time: string): string {
  const at = new Date(time)
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : ('numeric' as const)
  const options = { month: 'short', day: 'numeric', year, hour: 'numeric', minute: '2-digit' } as const
  return new Intl.DateTimeFormat(currentLocale(), options).format(at)
}

export function day(time: string): string {
  return new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'medium' }).format(new Date(time))
}

export function count(value: number): string {
  return new Intl.NumberFormat(currentLocale()).format(value)
}

export function compactCount(value: number): string {
  return new Intl.NumberFormat(currentLocale(), { notation: 'compact' }).format(value)
}

export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(size, 1)) / 3))
  const options = {
    style: 'unit',
    unit: units[step],
    unitDisplay: 'short',
    maximumFractionDigits: step ? 1 : 0,
  } as const
  return new Intl.NumberFormat(currentLocale(), options).format(size / 1000 ** step)
}

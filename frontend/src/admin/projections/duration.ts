import { currentLocale } from '@/app/i18n'

/** 195 ms, 3.2 s, 4 min: as coarse as it matters. */
export function duration(ms: number): string {
  const [value, unit] =
    ms < 1_000
      ? [ms, 'millisecond']
      : ms < 120_000
        ? [ms / 1_000, 'second']
        : ms < 7_200_000
          ? [ms / 60_000, 'minute']
          : [ms / 3_600_000, 'hour']
  const digits = unit === 'second' && Number(value) < 10 ? 1 : 0
  return new Intl.NumberFormat(currentLocale(), {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(Number(value))
}

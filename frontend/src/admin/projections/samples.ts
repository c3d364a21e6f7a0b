export interface Sample {
  at: number
  lagMs: number
  pending: number
}

// Five minutes of what is asked for every two seconds.
export const KEPT = 150

export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  return [...samples, next].slice(-KEPT)
}

/** The points of a line that fills the box, oldest at the left; a flat line of zeros lies at the bottom. */
export function linePoints(values: readonly number[], width: number, height: number, slots = KEPT): string {
  const top = Math.max(1, ...values)
  const step = width / Math.max(1, slots - 1)
  const first = slots - values.length
  return values.map((value, index) => `${round((first + index) * step)},${round(height - (value / top) * height)}`).join(' ')
}

const round = (value: number) => Math.round(value * 10) / 10

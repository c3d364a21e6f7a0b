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

// A line that has only begun is not drawn as wide as if it were all there is.
const FEWEST = 30

/** The points of a line that fills the box, oldest at the left. The top is `least`, or what goes beyond it. */
export function linePoints(values: readonly number[], width: number, height: number, least = 1): string {
  const top = Math.max(least, ...values)
  const slots = Math.max(FEWEST, values.length)
  const step = width / (slots - 1)
  const first = slots - values.length
  return values
    .map((value, index) => `${round((first + index) * step)},${round(height - (value / top) * height)}`)
    .join(' ')
}

const round = (value: number) => Math.round(value * 10) / 10

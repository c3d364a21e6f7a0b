import type { Commands } from '@/api/schemas'

export type Activity = Commands['ShowPresenceBody']['activity']

/** It holds for 30 s, so two may get lost. */
export const BEAT_MS = 12_000
/** That somebody types holds for 10 s. */
export const TYPING_EVERY_MS = 5_000
/** After so long without a key, one thinks. */
export const PAUSE_MS = 4_000

/** Says as seldom as it may that somebody is on a ticket; while the page is hidden, nothing. */
export class PresenceSender {
  private activity: Activity | null = null
  private saidAt = 0
  private beat: ReturnType<typeof setTimeout> | undefined
  private pause: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly say: (activity: Activity) => void,
    private readonly leave: () => void,
  ) {}

  show(): void {
    if (this.activity === null) this.tell('viewing')
  }

  /** What was said is over by itself: whoever looks something up elsewhere is back before that. */
  hide(): void {
    clearTimeout(this.beat)
    clearTimeout(this.pause)
    this.activity = null
  }

  typed(): void {
    if (this.activity === null) return
    clearTimeout(this.pause)
    this.pause = setTimeout(() => this.rested(), PAUSE_MS)
    if (this.activity === 'viewing' || Date.now() - this.saidAt >= TYPING_EVERY_MS) this.tell('typing')
  }

  /** A pause, or the text was sent. */
  rested(): void {
    clearTimeout(this.pause)
    if (this.activity === 'typing') this.tell('viewing')
  }

  stop(): void {
    this.hide()
    if (this.saidAt > 0) this.leave()
    this.saidAt = 0
  }

  private tell(activity: Activity): void {
    this.activity = activity
    this.saidAt = Date.now()
    this.say(activity)
    clearTimeout(this.beat)
    this.beat = setTimeout(() => this.tell('viewing'), BEAT_MS)
  }
}

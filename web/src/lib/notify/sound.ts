import { recall, remember } from '../store'

let audio: AudioContext | undefined

/** Two short notes. Browsers play nothing before the first click on the page. */
export function ring(): void {
  try {
    audio ??= new AudioContext()
    const context = audio
    void context.resume()
    for (const [at, hertz] of [
      [0, 660],
      [0.12, 880],
    ] as const) {
      const start = context.currentTime + at
      const tone = context.createOscillator()
      const volume = context.createGain()
      tone.frequency.value = hertz
      volume.gain.setValueAtTime(0, start)
      volume.gain.linearRampToValueAtTime(0.12, start + 0.01)
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.18)
      tone.connect(volume).connect(context.destination)
      tone.start(start)
      tone.stop(start + 0.2)
    }
  } catch {
    // A machine without sound shows the count all the same.
  }
}

/** Of several open tabs one rings: the first that takes the event. */
export function takeRing(key: string): boolean {
  if (recall('rang', '') === key) return false
  remember('rang', key)
  return true
}

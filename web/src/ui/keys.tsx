import { type ActionId, keymap, keysOf } from '../actions/keymap'
import { caps } from '../actions/keys'
import { useStore } from '../lib/store'

export interface KeysProps {
  /** The keys that the person has for this action. */
  readonly action?: ActionId | (string & {})
  /** Keys that are the same for everybody. */
  readonly keys?: string
}

/** Keys, drawn as caps; nothing when there are none. */
export function Keys({ action, keys }: KeysProps) {
  const changed = useStore(keymap)
  const pressed = caps(action === undefined ? (keys ?? '') : keysOf(action, changed))
  if (pressed.length === 0) return null
  return (
    <span className="inline-flex flex-none items-center gap-1 text-muted">
      {pressed.map((press, i) => (
        // The position is the identity: "g g" has the same cap twice.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <span key={i} className="inline-flex items-center gap-0.5">
          {press.map((cap) => (
            <kbd
              key={cap}
              className="min-w-5 rounded border border-line bg-sunken px-1 text-center font-sans text-meta leading-[18px]"
            >
              {cap}
            </kbd>
          ))}
        </span>
      ))}
    </span>
  )
}

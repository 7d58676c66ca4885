import { caps } from '../actions/keys'

/** The keys of an action, drawn as caps. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className="inline-flex flex-none items-center gap-1 text-muted">
      {caps(keys).map((press, i) => (
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

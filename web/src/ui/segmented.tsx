import { cx } from './cx'

interface SegmentedProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly onChange: (value: T) => void
}

/** One of a few, all visible. Arrow keys come with native radio buttons. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <fieldset className="inline-flex max-w-full overflow-x-auto rounded-control bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((o) => (
        <label
          key={o.value}
          className={cx(
            'relative inline-flex h-8 cursor-pointer items-center rounded-[5px] px-3 text-body whitespace-nowrap transition-colors duration-[120ms]',
            'has-[:focus-visible]:outline-2 has-[:focus-visible]:-outline-offset-2 has-[:focus-visible]:outline-accent',
            o.value === value ? 'bg-raised font-medium shadow-[0_0_0_1px_var(--line)]' : 'text-muted hover:text-text',
          )}
        >
          <input
            type="radio"
            className="absolute inset-0 cursor-pointer appearance-none opacity-0"
            name={label}
            value={o.value}
            checked={o.value === value}
            onChange={() => onChange(o.value)}
          />
          {o.label}
        </label>
      ))}
    </fieldset>
  )
}

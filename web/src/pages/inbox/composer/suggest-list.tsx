import { useTranslation } from 'react-i18next'
import { Colleague } from '../../../ui/colleague'
import { cx } from '../../../ui/cx'
import type { SuggestState } from './suggest'

const WIDTH = 260
const ROW = 36

/** What can be put in where the cursor stands, above the line so that the keyboard of a phone leaves it in sight. */
export function SuggestList({ state }: { readonly state: SuggestState | undefined }) {
  const { t } = useTranslation()
  if (!state) return null
  const height = state.items.length * ROW + 10
  const above = state.rect.top > height + 12
  return (
    <div
      role="listbox"
      aria-label={t('Suggestions')}
      style={{
        position: 'fixed',
        width: WIDTH,
        left: Math.max(8, Math.min(state.rect.left, window.innerWidth - WIDTH - 8)),
        top: above ? state.rect.top - height - 4 : state.rect.bottom + 4,
      }}
      className="z-50 rounded-card border border-line bg-raised p-1 shadow-overlay"
    >
      {state.items.map((item, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the editor has the focus and its keys
        // biome-ignore lint/a11y/useFocusableInteractive: see above
        <div
          key={item.id}
          role="option"
          aria-selected={i === state.index}
          onMouseDown={(e) => e.preventDefault()}
          onClick={() => state.pick(item)}
          className={cx(
            'flex h-9 cursor-default items-center gap-2 rounded-control px-2 text-body',
            i === state.index ? 'bg-accent-soft text-accent-hover' : '',
          )}
        >
          {item.sign ? (
            <span aria-hidden>{item.sign}</span>
          ) : state.char === '@' ? (
            <Colleague id={item.id} name={item.label} />
          ) : null}
          <span className="min-w-0 flex-1 truncate">{item.label}</span>
          {item.hint ? <span className="text-label text-muted">{item.hint}</span> : null}
        </div>
      ))}
    </div>
  )
}

import { NotebookPen, Reply } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { CaseDetail } from '../../api/desk'
import { Keys } from '../../ui/keys'
import type { ComposerMode } from './composer/wanted'

interface BarProps {
  readonly item: CaseDetail
  readonly onOpen: (mode: ComposerMode) => void
}

/** The composer while nothing is written: one line that is always in reach. */
export function ComposerBar({ item, onOpen }: BarProps) {
  const { t } = useTranslation()
  return (
    <div className="flex items-center gap-2 border-t border-line bg-surface px-6 py-3 max-md:px-3 max-md:py-2">
      <button
        type="button"
        onClick={() => onOpen('reply')}
        className="flex h-9 min-w-0 flex-1 cursor-text items-center gap-2 rounded-control border border-control bg-surface px-3 text-left text-body text-muted hover:bg-sunken"
      >
        <Reply aria-hidden />
        <span className="min-w-0 flex-1 truncate">{t('Reply to {{name}}…', { name: item.customer_name })}</span>
        <span className="max-md:hidden">
          <Keys action="compose-reply" />
        </span>
      </button>
      <button
        type="button"
        onClick={() => onOpen('note')}
        className="flex h-9 flex-none items-center gap-2 rounded-control bg-note px-3 text-body font-medium text-warning-text shadow-[inset_3px_0_0_var(--note-bar)]"
      >
        <NotebookPen aria-hidden />
        {t('Note')}
        <span className="max-md:hidden">
          <Keys action="compose-note" />
        </span>
      </button>
    </div>
  )
}

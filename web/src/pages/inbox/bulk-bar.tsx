import { Check, Clock, Tag, UserPlus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button'
import { useInboxView } from './view'

/** What can be done with the chosen conversations. */
export function BulkBar() {
  const { t } = useTranslation()
  const view = useInboxView()
  const cases = () => view.targets()
  return (
    <div
      role="toolbar"
      aria-label={t('With what is selected')}
      className="enter-fade flex h-12 flex-none items-center gap-1 border-t border-line bg-raised pr-2 pl-4"
    >
      <span className="flex-1 text-body font-medium tabular-nums" role="status">
        {t('{{count}} selected', { count: view.selected.size })}
      </span>
      <IconButton
        icon={Check}
        label={t('Done')}
        action="case-done"
        onClick={() => view.change(cases(), { status: 'done' }, t('Done'), view.leaving(cases()))}
      />
      <IconButton icon={Clock} label={t('Snooze…')} action="case-snooze" onClick={() => view.ask('snooze')} />
      <IconButton icon={UserPlus} label={t('Assign…')} action="case-assign" onClick={() => view.ask('assign')} />
      <IconButton icon={Tag} label={t('Label…')} action="case-label" onClick={() => view.ask('label')} />
      <IconButton icon={X} label={t('Select nothing')} action="case-back" onClick={() => view.setSelected(new Set())} />
    </div>
  )
}

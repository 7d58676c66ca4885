import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { cx } from '../../ui/cx'

const tab = (shown: boolean) =>
  cx(
    'relative inline-flex h-10 items-center px-2 whitespace-nowrap -outline-offset-2',
    shown
      ? 'font-medium after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:bg-accent'
      : 'text-muted hover:text-text',
  )

/** The reports, side by side. */
export function ReportTabs({ shown }: { readonly shown: 'satisfaction' | 'accuracy' }) {
  const { t } = useTranslation()
  const current = (name: string) => (name === shown ? ('page' as const) : undefined)
  return (
    <nav
      aria-label={t('Reports')}
      className="flex flex-none gap-1 overflow-x-auto border-b border-line px-4 max-md:px-2"
    >
      <Link
        to="/reports"
        search={{ kind: 'csat', days: '30', by: 'inbox' }}
        aria-current={current('satisfaction')}
        className={tab(shown === 'satisfaction')}
      >
        {t('Satisfaction')}
      </Link>
      <Link
        to="/reports/accuracy"
        search={{ days: 90, span: 4 }}
        aria-current={current('accuracy')}
        className={tab(shown === 'accuracy')}
      >
        {t('Accuracy')}
      </Link>
    </nav>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { sessionQuery } from '../api/queries/session'
import { live } from '../api/stream'
import { useStore } from '../lib/store'

/** One line each: what is special about this place, and what is wrong with it. */
export function Banners() {
  const { t } = useTranslation()
  const session = useQuery(sessionQuery).data
  const state = useStore(live)
  return (
    <div data-chrome>
      {session?.demo ? (
        <p className="border-b border-line bg-sunken px-4 py-1 text-center text-label text-muted">
          {t('Demo firm: {{firm}}. Invented people, nothing leaves this machine.', {
            firm: session.firm || 'Halden Mobile',
          })}
        </p>
      ) : null}
      <div role="status">
        {state === 'lost' ? (
          <p className="border-b border-line bg-warning-soft px-4 py-1 text-center text-label text-warning-text">
            {t(
              'The connection is lost. What you see stays readable; it comes up to date by itself as soon as Rapport answers.',
            )}
          </p>
        ) : null}
      </div>
    </div>
  )
}

import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/queries/session'
import { live } from '../api/stream'
import { useStore } from '../lib/store'

/** One line each: what is special about this place, and what is wrong with it. */
export function Banners() {
  const session = useQuery(sessionQuery).data
  const state = useStore(live)
  return (
    <div data-chrome>
      {session?.demo ? (
        <p className="border-b border-line bg-sunken px-4 py-1 text-center text-label text-muted">
          Demo firm: {session.firm || 'Halden Mobile'}. Invented people, nothing leaves this machine.
        </p>
      ) : null}
      <div role="status">
        {state === 'lost' ? (
          <p className="border-b border-line bg-warning-soft px-4 py-1 text-center text-label text-warning-text">
            The connection is lost. What you see stays readable; it comes up to date by itself as soon as Rapport
            answers.
          </p>
        ) : null}
      </div>
    </div>
  )
}

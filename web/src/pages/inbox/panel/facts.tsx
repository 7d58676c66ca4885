import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Lightbulb, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Fact } from '../../../api/desk'
import { factsQuery, removeFact, restoreFact } from '../../../api/queries/facts'
import { list } from '../../../lib/list'
import { exact } from '../../../lib/time'
import { Button } from '../../../ui/button'
import { Keys } from '../../../ui/keys'
import { attempt, done } from '../../../ui/undo'
import { When } from '../../../ui/when'
import { captureFact } from './capture'
import { PURPOSE_WORDS } from './fact-dialog'

/** What colleagues know of the customer, who said so, and until when it is kept. */
export function Facts({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const facts = list(useQuery(factsQuery(customerId)).data)
  const remove = (f: Fact) =>
    attempt(t('It was not removed'), async () => {
      await removeFact(client, customerId, f.id)
      done(t('The fact is gone'), () => restoreFact(client, customerId, f.id))
    })
  return (
    <div className="flex flex-col gap-2">
      {facts.length > 0 ? (
        <ul className="flex flex-col gap-2">
          {facts.map((f) => (
            <li key={f.id} className="group/fact flex items-start gap-2">
              <Lightbulb aria-hidden className="mt-0.5 !size-3.5 text-muted" />
              <span className="min-w-0 flex-1">
                <span className="block text-body [overflow-wrap:anywhere]">{f.text}</span>
                <span
                  className="block text-meta text-muted"
                  title={`${t(PURPOSE_WORDS[f.purpose] ?? f.purpose)}${f.expires_at ? `, ${t('until {{when}}', { when: exact(f.expires_at) })}` : ''}`}
                >
                  {f.author}, <When at={f.created_at} />
                </span>
              </span>
              <button
                type="button"
                aria-label={t('Remove “{{fact}}”', { fact: f.text })}
                onClick={() => remove(f)}
                className="inline-flex size-6 flex-none items-center justify-center rounded-control text-muted opacity-0 group-hover/fact:opacity-100 hover:bg-sunken focus-visible:opacity-100 max-md:opacity-100 pointer-coarse:opacity-100"
              >
                <X aria-hidden className="!size-3.5" />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <Button look="ghost" size="small" className="-ml-2 self-start" onClick={captureFact}>
        {t('Note a fact')}
        <span className="max-md:hidden">
          <Keys action="case-fact" />
        </span>
      </Button>
    </div>
  )
}

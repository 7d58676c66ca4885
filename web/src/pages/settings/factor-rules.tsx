import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { factorRulesQuery, setFactorRules } from '../../api/queries/account'
import { sessionQuery } from '../../api/queries/session'
import { attempt, done } from '../../ui/undo'
import { Group } from './group'
import { useRoles } from './people'

/** Which roles need two-step sign-in. Everybody here sees it, an owner changes it. */
export function FactorRules() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const session = useSuspenseQuery(sessionQuery).data
  const roles = useRoles()
  const chosen = useQuery(factorRulesQuery).data ?? []
  const set = (next: readonly string[], before: readonly string[]) =>
    attempt(t('Nothing was changed'), async () => {
      await setFactorRules(client, next)
      done(t('Who needs two-step sign-in is changed'), () => setFactorRules(client, before))
    })
  return (
    <Group title={t('Who needs two-step sign-in')}>
      <p className="mb-2 max-w-[60ch] text-muted">
        {t('People of these roles who have not set it up can do nothing else until they have.')}
      </p>
      <fieldset className="flex flex-wrap gap-x-5 gap-y-1" disabled={session.role !== 'owner'}>
        <legend className="sr-only">{t('Who needs two-step sign-in')}</legend>
        {roles.map(([role, label]) => (
          <label key={role} className="flex min-h-7 items-center gap-2">
            <input
              type="checkbox"
              className="size-4 accent-[var(--accent)]"
              checked={chosen.includes(role)}
              onChange={(e) => set(e.target.checked ? [...chosen, role] : chosen.filter((r) => r !== role), chosen)}
            />
            {label}
          </label>
        ))}
      </fieldset>
    </Group>
  )
}

import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { factorChanged } from '../api/queries/account'
import { sessionQuery, signOut } from '../api/queries/session'
import { Button } from '../ui/button'
import { attempt } from '../ui/undo'
import { Door } from './door'
import { FactorSetup } from './settings/factor-setup'

/** For people whose role needs two-step sign-in: nothing else can be done before it is set up. */
export function TwoStepPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  const go = async () => {
    await factorChanged(client)
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
    await router.invalidate()
    await navigate({ to: '/inbox', replace: true })
  }
  return (
    <Door
      wide
      title={t('Set up two-step sign-in')}
      subtitle={t('Your role needs it: besides the password you sign in with a code of an app on your phone.')}
    >
      <FactorSetup onDone={() => attempt(t('The page could not be opened'), go)} />
      <Button
        look="link"
        className="mt-6"
        onClick={() =>
          attempt(t('Sign-out failed'), async () => {
            await signOut(client)
            await navigate({ to: '/sign-in' })
          })
        }
      >
        {t('Sign out')}
      </Button>
    </Door>
  )
}

import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { whenProofIsNeeded } from '../api/client'
import { Dialog } from '../ui/dialog'
import { Skeleton } from '../ui/states'

// Needed by few, and then after a click: not part of the first load.
const Proof = lazy(async () => ({ default: (await import('./proof')).Proof }))

type Answer = (proved: boolean) => void

/** Asks who one is before something dangerous; what was begun then goes on by itself. */
export function StepUp() {
  const { t } = useTranslation()
  const [waiting, setWaiting] = useState<readonly Answer[]>([])
  useEffect(() => {
    whenProofIsNeeded(() => new Promise((resolve) => setWaiting((old) => [...old, resolve])))
    return () => whenProofIsNeeded(() => Promise.resolve(false))
  }, [])
  const answer = (proved: boolean) => {
    for (const resolve of waiting) resolve(proved)
    setWaiting([])
  }
  return (
    <Dialog
      open={waiting.length > 0}
      onOpenChange={(o) => o || answer(false)}
      title={t('Is it you?')}
      description={t('This needs a fresh proof. It counts for ten minutes.')}
    >
      <Suspense fallback={<Skeleton rows={1} />}>
        {waiting.length > 0 ? <Proof onProved={() => answer(true)} /> : null}
      </Suspense>
    </Dialog>
  )
}

import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { confirmFactor, type NewFactor, startFactor } from '../../api/queries/account'
import { CodeField } from '../../shell/proof'
import { Button } from '../../ui/button'
import { Copy } from '../../ui/copy'
import { Skeleton } from '../../ui/states'
import { Rest } from './inbox-form'
import { useProblems } from './problem'
import { QrCode } from './qr-code'
import { RecoveryCodes } from './recovery-codes'

/** Scan, confirm by a code, keep the recovery codes. */
export function FactorSetup({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTranslation()
  const starting = useProblems([])
  const problems = useProblems(['code'])
  const [secret, setSecret] = useState<NewFactor>()
  const [codes, setCodes] = useState<readonly string[]>()
  const [code, setCode] = useState('')
  const begun = useRef(false)
  const begin = () => void starting.run(async () => setSecret(await startFactor()))
  useEffect(() => {
    // React mounts twice while developing; a second secret would replace the first.
    if (begun.current) return
    begun.current = true
    begin()
  })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await problems.run(async () => setCodes(await confirmFactor(code)))
  }
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />
  if (!secret) {
    return starting.rest ? (
      <div className="flex flex-col items-start gap-3">
        <Rest text={starting.rest} />
        <Button onClick={begin}>{t('Try again')}</Button>
      </div>
    ) : (
      <Skeleton rows={3} />
    )
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-5" noValidate>
      <Rest text={problems.rest} />
      <div className="flex flex-wrap items-start gap-5">
        <QrCode text={secret.address} label={t('QR code for your authenticator app')} />
        <div className="min-w-0 flex-1 basis-56">
          <p>
            {t(
              'Scan this with an authenticator app on your phone. The picture is made on this machine and sent nowhere.',
            )}
          </p>
          <p className="mt-3 mb-1 text-label text-muted">{t('Or type this secret into the app:')}</p>
          <Copy text={secret.secret.replace(/(.{4})(?=.)/g, '$1 ')} label={t('Copy')} said={t('Secret copied')} />
        </div>
      </div>
      <CodeField first value={code} onChange={setCode} error={problems.at('code')} />
      <Button type="submit" look="primary" className="self-start" disabled={problems.busy || code.trim() === ''}>
        {t('Turn it on')}
      </Button>
    </form>
  )
}

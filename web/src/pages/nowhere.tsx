import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../shell/page-header'
import { Button } from '../ui/button'
import { Empty } from '../ui/states'

/** What stands at an address that is none. */
export function NowherePage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <>
      <PageHeader title={t('Nothing here')} />
      <Empty
        title={t('There is nothing at this address')}
        action={<Button onClick={() => void navigate({ to: '/inbox' })}>{t('To the inbox')}</Button>}
      >
        {t('The link may be old, or a part of it is missing.')}
      </Empty>
    </>
  )
}

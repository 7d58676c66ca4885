import { useTranslation } from 'react-i18next'
import { Group } from './group'
import { Looks } from './looks'
import { OwnName } from './own-name'
import { OwnPicture } from './own-picture'
import { Sending } from './sending'
import { Signature } from './signature'

/** Who one is, how one signs, and what one chose for oneself. */
export function You() {
  const { t } = useTranslation()
  return (
    <>
      <Group title={t('You')}>
        <div className="flex flex-col gap-5">
          <OwnPicture />
          <OwnName />
        </div>
      </Group>
      <Signature />
      <Looks />
      <Sending />
    </>
  )
}

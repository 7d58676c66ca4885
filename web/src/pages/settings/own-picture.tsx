import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changePicture, removePicture } from '../../api/queries/account'
import { peopleQuery } from '../../api/queries/desk'
import { sessionQuery } from '../../api/queries/session'
import { say } from '../../i18n/mark'
import { PICTURE_TYPES, type PictureProblem, type SmallPicture, smallPicture } from '../../lib/picture'
import { Avatar } from '../../ui/avatar'
import { Button } from '../../ui/button'
import { cx } from '../../ui/cx'
import { attempt, done } from '../../ui/undo'

const PROBLEMS: Readonly<Record<PictureProblem, string>> = {
  kind: say('That is not a picture that can be shown. Choose a PNG, JPEG, GIF or WebP file.'),
  large: say('That file is larger than 10 MB. Choose a smaller one.'),
  damaged: say('That picture can’t be read; the file may be damaged. Choose another one.'),
}

/** One's picture: chosen or dropped, looked at, and only then used. */
export function OwnPicture() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const session = useSuspenseQuery(sessionQuery).data
  const picture = useQuery(peopleQuery).data?.find((p) => p.id === session.user_id)?.picture
  const [chosen, setChosen] = useState<SmallPicture>()
  const [problem, setProblem] = useState<PictureProblem>()
  const [dragging, setDragging] = useState(false)
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  const take = async (file: File | undefined) => {
    if (!file) return
    const made = await smallPicture(file)
    setProblem(typeof made === 'string' ? made : undefined)
    if (typeof made !== 'string') setChosen(made)
  }
  const drop = (e: DragEvent) => {
    setDragging(false)
    if (!e.dataTransfer.types.includes('Files')) return
    e.preventDefault()
    void take(e.dataTransfer.files[0])
  }
  const close = () => {
    setChosen(undefined)
    // The button that was pressed is gone.
    setTimeout(() => button.current?.focus())
  }
  const during = async (work: () => Promise<void>) => {
    setBusy(true)
    await work().finally(() => setBusy(false))
  }
  const use = (made: SmallPicture) =>
    attempt(t('Your picture was not changed'), () =>
      during(async () => {
        await changePicture(client, made.bytes)
        close()
        done(t('Your picture is changed'))
      }),
    )
  const remove = (address: string) =>
    attempt(t('Your picture was not removed'), () =>
      during(async () => {
        const back = await removePicture(client, address)
        close()
        done(t('Your picture is removed'), back)
      }),
    )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button does the same
    <div
      className={cx('-m-2 flex flex-wrap items-center gap-x-5 gap-y-3 rounded-card p-2', dragging && 'bg-accent-soft')}
      onDragOver={(e) => {
        if (!e.dataTransfer.types.includes('Files')) return
        e.preventDefault()
        setDragging(true)
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={drop}
    >
      <Avatar
        name={session.name || session.email || ''}
        size="large"
        ours
        picture={chosen?.url ?? picture}
        title={chosen ? t('The new picture') : picture ? t('Your picture') : t('You have no picture yet')}
      />
      <div className="flex min-w-0 flex-1 basis-64 flex-col gap-2">
        <div className="flex flex-wrap gap-2">
          {chosen ? (
            <>
              <Button look="primary" disabled={busy} onClick={() => use(chosen)}>
                {t('Use this picture')}
              </Button>
              <Button disabled={busy} onClick={close}>
                {t('Leave it as it was')}
              </Button>
            </>
          ) : (
            <>
              <Button ref={button} disabled={busy} onClick={() => input.current?.click()}>
                {picture ? t('Choose another picture…') : t('Choose a picture…')}
              </Button>
              {picture ? (
                <Button look="ghost" className="!text-danger-text" disabled={busy} onClick={() => remove(picture)}>
                  {t('Remove the picture')}
                </Button>
              ) : null}
            </>
          )}
        </div>
        {problem ? (
          <p role="alert" className="text-danger-text">
            {t(PROBLEMS[problem])}
          </p>
        ) : (
          <p className="text-label text-muted">
            {chosen
              ? t('This is how colleagues will see you.')
              : t('Or drop one here. The middle of it is used; up to 10 MB.')}
          </p>
        )}
      </div>
      <input
        ref={input}
        type="file"
        accept={PICTURE_TYPES.join(',')}
        aria-label={t('Choose a picture…')}
        hidden
        onChange={(e) => {
          void take(e.target.files?.[0])
          e.target.value = ''
        }}
      />
    </div>
  )
}

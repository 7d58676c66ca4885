import { useQuery } from '@tanstack/react-query'
import { peopleQuery } from '../api/queries/desk'
import { Avatar, type AvatarProps } from './avatar'

interface ColleagueProps extends Omit<AvatarProps, 'ours' | 'picture'> {
  /** Of the person; '' where only the address is known. */
  readonly id: string
  readonly email?: string | undefined
}

/** A colleague: the picture that they chose, or their letters. */
export function Colleague({ id, email, ...rest }: ColleagueProps) {
  const picture = useQuery({
    ...peopleQuery,
    select: (people) => people.find((p) => (id ? p.id === id : p.email === email))?.picture,
  }).data
  return <Avatar {...rest} picture={picture} ours />
}

import type { components as CommandComponents } from '@contract/command'
import type { components as QueryComponents } from '@contract/query'

/** What queries answer. */
export type Queries = QueryComponents['schemas']
/** What commands take and answer. */
export type Commands = CommandComponents['schemas']

export type ProblemBody = Queries['Problem']
export type ProblemItem = Queries['ProblemItem']
export type Named = Queries['Named']
export type User = Queries['User']
export type Ticket = Queries['Ticket']
export type TicketItem = Queries['TicketItem']
export type Message = Queries['Message']
export type PresentPerson = Queries['PresentPerson']
export type Document = Queries['Document']
export type DocumentItem = Queries['DocumentItem']
export type DocumentVersion = Queries['DocumentVersion']
export type Category = Queries['Category']
export type View = Queries['View']
export type TicketStatus = Commands['TicketStatus']
export type TicketPriority = Commands['TicketPriority']
export type TicketType = Commands['TicketType']
export type Visibility = Commands['Visibility']

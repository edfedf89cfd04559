import type { KitCase } from '../case.ts'
import { bodyCases } from './body-cases.ts'
import { connectionCases } from './connection-cases.ts'
import type { BindingCapability, BindingOptions, BindingSetup, StartBinding } from './contract.ts'
import { limitCases } from './limit-cases.ts'
import { neighbourCases } from './neighbour-cases.ts'
import { replyCases } from './reply-cases.ts'
import { onTrial, type Trial } from './trial.ts'

/** A promise of every binding, before it is known which one is on trial. */
export interface BindingCase {
  readonly name: string
  /** What a framework must be able to do for it. */
  readonly needs?: BindingCapability
  readonly setup?: Partial<BindingSetup>
  run(trial: Trial): Promise<void>
}

/** All promises, ready to run against one binding. */
export function allBindingCases(
  start: StartBinding,
  options: BindingOptions = {},
): readonly (KitCase & Pick<BindingCase, 'needs'>)[] {
  return Object.entries(GROUPS).flatMap(([group, cases]) =>
    cases.map(({ name, needs, setup = {}, run }) => ({
      group,
      name,
      ...(needs === undefined ? {} : { needs }),
      run: () => onTrial(start, options, setup, run),
    })),
  )
}

const GROUPS: Readonly<Record<string, readonly BindingCase[]>> = {
  'what the provider is given': bodyCases,
  'what the sender is answered': replyCases,
  limits: limitCases,
  connections: connectionCases,
  neighbours: neighbourCases,
}

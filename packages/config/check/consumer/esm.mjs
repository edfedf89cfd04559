import { createBouncy } from '@bouncy/core'
import { expressWebhooks } from '@bouncy/express'
import { postmark } from '@bouncy/postmark'
import { ses } from '@bouncy/ses'
import { createSnsSigner } from '@bouncy/sns/testing'
import { sqliteStore } from '@bouncy/sql/sqlite'
import express from 'express'
import { run } from './program.cjs'

await run({ createBouncy, createSnsSigner, express, expressWebhooks, postmark, ses, sqliteStore })

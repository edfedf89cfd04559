/**
 * The job of an event. It is the event's id where BullMQ takes that: it refuses colons, and what looks like one of its
 * own numbers. Source: https://docs.bullmq.io/guide/jobs/job-ids
 */
export const jobId = (id: string): string =>
  /^[A-Za-z][\w.-]*$/.test(id) ? id : `~${encodeURIComponent(id)}`
